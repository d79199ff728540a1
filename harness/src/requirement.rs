//! Requirement ids, their strength, and the catalogue.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The name of one sentence that binds a device: `RFC3261-17.1.1.2-1`.
///
/// A standard, a section and an ordinal, or a name of the project's own such as `QOS-JITTER`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequirementId(String);

impl RequirementId {
    /// That the device does not crash, which every case asks of it.
    pub fn no_crash() -> Self {
        Self("DEV-NO-CRASH".to_owned())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of the RFC and the section, where the requirement is an RFC's.
    pub fn rfc_section(&self) -> Option<(u32, &str)> {
        let (rfc, rest) = self.0.strip_prefix("RFC")?.split_once('-')?;
        let (section, _) = rest.rsplit_once('-')?;
        Some((rfc.parse().ok()?, section))
    }
}

impl FromStr for RequirementId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shaped = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.contains('-')
            && !text.ends_with('-')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        if shaped {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{text}` is not a requirement id such as `RFC3261-17.1.1.2-1`"))
        }
    }
}

impl TryFrom<String> for RequirementId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<RequirementId> for String {
    fn from(id: RequirementId) -> Self {
        id.0
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How strongly a sentence binds (RFC 2119 §1 to §5).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Strength {
    /// MUST, MUST NOT, SHALL, REQUIRED.
    #[serde(rename = "MUST")]
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED.
    #[serde(rename = "SHOULD")]
    Should,
    /// MAY, OPTIONAL.
    #[serde(rename = "MAY")]
    May,
    /// No key word: the standard states what an implementation does.
    #[serde(rename = "STATED")]
    Stated,
    /// A limit that the project sets itself.
    #[serde(rename = "PROFILE")]
    Profile,
}

impl Strength {
    /// The key word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Stated => "STATED",
            Self::Profile => "PROFILE",
        }
    }
}

/// Whom a sentence binds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Role {
    /// A user agent that sends the request: a client, the one that registers, subscribes or refers.
    #[serde(rename = "UAC")]
    Uac,
    /// A user agent that answers the request.
    #[serde(rename = "UAS")]
    Uas,
    /// A user agent, whichever end it is.
    #[default]
    #[serde(rename = "UA")]
    Ua,
    /// A proxy.
    #[serde(rename = "proxy")]
    Proxy,
    /// A registrar.
    #[serde(rename = "registrar")]
    Registrar,
    /// A redirect server.
    #[serde(rename = "redirect")]
    Redirect,
    /// No element of the network: who writes a specification, runs a domain or a web page.
    #[serde(rename = "other")]
    Other,
}

impl Role {
    /// Whether the sentence binds a user agent.
    pub const fn binds_user_agent(self) -> bool {
        matches!(self, Self::Uac | Self::Uas | Self::Ua)
    }

    /// The role as the catalogue writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uac => "UAC",
            Self::Uas => "UAS",
            Self::Ua => "UA",
            Self::Proxy => "proxy",
            Self::Registrar => "registrar",
            Self::Redirect => "redirect",
            Self::Other => "other",
        }
    }
}

/// One sentence that binds a device, or an element that a device meets.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name.
    pub id: RequirementId,
    /// How strongly it binds.
    pub strength: Strength,
    /// Whom it binds: a user agent where nothing is said.
    #[serde(default)]
    pub role: Role,
    /// The sentence, quoted from the standard, or the project's own.
    pub text: String,
}

/// The sentences that cases may cite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    requirements: BTreeMap<RequirementId, Requirement>,
}

impl Catalogue {
    /// A catalogue of `requirements`.
    ///
    /// # Errors
    ///
    /// The id that stands twice.
    pub fn new(requirements: impl IntoIterator<Item = Requirement>) -> Result<Self, RequirementId> {
        let mut this = Self::default();
        for requirement in requirements {
            if let Some(twice) = this.requirements.insert(requirement.id.clone(), requirement) {
                return Err(twice.id);
            }
        }
        Ok(this)
    }

    /// The sentence of that name.
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.requirements.get(id)
    }

    /// Every sentence, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.values()
    }
}
