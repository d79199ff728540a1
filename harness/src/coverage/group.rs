//! The groups that cases belong to.

use serde::Deserialize;

/// A group of cases, whether or not it has any yet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name: `UAS-INV`.
    pub name: String,
    /// What its cases are about.
    pub title: String,
    /// Whether it is of the core of signalling, whose requirements no other group takes over.
    #[serde(default)]
    pub core: bool,
}
