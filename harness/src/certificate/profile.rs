//! What a class of devices has to do to be certified: data, `fixtures/profiles/NAME.yaml`.

use crate::requirement::{Catalogue, RequirementId};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A profile.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Its name, that of its file.
    pub profile: String,
    /// One line.
    pub title: String,
    /// What kind of device it is for, and what it leaves out.
    pub description: String,
    /// What a device has to claim in its `pics`.
    pub claims: BTreeSet<String>,
    /// The requirements that it has to meet, each of which a case has to stand for.
    pub requirements: Vec<RequirementId>,
    /// The groups whose cases run. Absent: all.
    #[serde(default)]
    pub groups: Vec<String>,
}

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// What is wrong with its form.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }

    /// What is wrong with it beyond its form, as sentences.
    pub fn mistakes(&self, catalogue: &Catalogue) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut seen = BTreeSet::new();
        for id in &self.requirements {
            if catalogue.get(id).is_none() {
                mistakes.push(format!("the requirement `{id}` is not in the catalogue"));
            }
            if !seen.insert(id) {
                mistakes.push(format!("the requirement `{id}` stands in it twice"));
            }
        }
        if self.claims.is_empty() && self.requirements.is_empty() {
            mistakes.push(
                "it makes nothing mandatory; a profile needs `claims` or `requirements`".to_owned(),
            );
        }
        mistakes
    }
}
