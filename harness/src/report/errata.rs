//! Known departures of a device: `errata.yaml`. They say who knows of a fault and until when it may stay;
//! they change no verdict and no exit code.

use super::JudgedRun;
use crate::requirement::{Catalogue, RequirementId};
use crate::time::day::Day;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// One known departure, as its author wrote it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Erratum {
    /// The device, by its name in `device.yaml`.
    pub device: String,
    /// The versions of its firmware that have it.
    pub firmware: Range,
    /// The case that shows it, or one of its executions.
    #[serde(default)]
    pub case: Option<String>,
    /// The requirement that is not met.
    #[serde(default)]
    pub requirement: Option<RequirementId>,
    /// Who answers for it.
    pub owner: String,
    /// What is wrong, and why that may be for now.
    pub reason: String,
    /// The last day on which it is known; afterwards it is one more fault.
    pub expires: Day,
}

/// Versions of a firmware: `>=1.2 <1.4`, `=1.3.1`, or `*` for all.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Range {
    text: String,
    bounds: Vec<(Bound, Vec<u64>)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Bound {
    AtLeast,
    AtMost,
    Above,
    Below,
    Exactly,
}

/// An erratum, and what a run says of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Noted {
    /// What was written.
    pub erratum: Erratum,
    /// What it comes to in this run.
    pub standing: Standing,
    /// The runs of cases that it is about and that are no pass, by their labels.
    pub labels: Vec<String>,
}

/// What an erratum comes to in a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It explains what was found.
    Known,
    /// It would, but its day is over.
    Expired,
    /// The cases that it is about all passed: it can go.
    NotNeeded,
    /// None of the cases that it is about ran.
    NotRun,
    /// The suite has no such case, or the catalogue no such requirement.
    Unknown,
    /// The device did not tell its version, so nobody can say whether it applies.
    NoVersion,
}

impl Erratum {
    /// What is wrong with it beyond its form, as sentences.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let what = self.what();
        if self.case.is_some() == self.requirement.is_some() {
            mistakes.push(format!(
                "the erratum of `{}` needs either `case` or `requirement`",
                self.owner
            ));
        }
        for (key, text) in
            [("owner", &self.owner), ("reason", &self.reason), ("device", &self.device)]
        {
            if text.trim().is_empty() {
                mistakes.push(format!("the erratum about {what} has an empty `{key}`"));
            }
        }
        mistakes
    }

    /// The case or requirement that it is about.
    pub fn what(&self) -> &str {
        let requirement = self.requirement.as_ref().map(RequirementId::as_str);
        self.case.as_deref().or(requirement).unwrap_or("nothing")
    }
}

impl Noted {
    /// What every report says of it.
    pub fn sentence(&self) -> String {
        let Erratum { firmware, owner, reason, expires, .. } = &self.erratum;
        let known = format!("{} (firmware {firmware}; {owner}; until {expires})", reason.trim());
        match self.standing {
            Standing::Known => format!("known departure: {known}"),
            Standing::Expired => format!("EXPIRED, no longer a known departure: {known}"),
            Standing::NotNeeded => {
                format!("not seen in this run, the erratum can go if it stays so: {known}")
            }
            Standing::NotRun => format!("no case that shows it ran: {known}"),
            Standing::Unknown => format!(
                "UNKNOWN, neither a case of the suite nor a requirement of the catalogue: {known}"
            ),
            Standing::NoVersion => {
                format!("CANNOT TELL, the device told no version of its firmware: {known}")
            }
        }
    }
}

/// What a run says of the errata that are about its device and its firmware.
///
/// `today` is the day by which they expire; `cases` are the ids of the suite.
pub fn noted(
    errata: &[Erratum],
    run: &JudgedRun,
    cases: &[&str],
    catalogue: &Catalogue,
    today: &str,
) -> Vec<Noted> {
    let device = &run.record.device;
    let version = device.version.as_deref().and_then(version);
    let of_device = errata.iter().filter(|erratum| erratum.device == device.name);
    let of_device = of_device.filter(|erratum| match &version {
        Some(version) => erratum.firmware.holds(version),
        None => true,
    });
    of_device
        .map(|erratum| {
            let about = |case: &&super::JudgedCase| match (&erratum.case, &erratum.requirement) {
                (Some(id), _) => *id == case.program.case.id || *id == case.record.execution,
                (_, Some(id)) => case.requirements().contains(&id),
                (None, None) => false,
            };
            let departs = |case: &&super::JudgedCase| match &erratum.requirement {
                Some(id) => case.verdict_of(id) > Verdict::Pass,
                None => case.verdict > Verdict::Pass,
            };
            let is_known = match (&erratum.case, &erratum.requirement) {
                (Some(id), _) => {
                    let bare = id.split('[').next().unwrap_or(id);
                    cases.contains(&bare)
                }
                (_, Some(id)) => catalogue.get(id).is_some(),
                (None, None) => false,
            };
            let ran = run.cases.iter().any(|case| about(&case));
            let departing = run.cases.iter().filter(about).filter(departs);
            let labels: Vec<_> = departing.map(|case| case.record.label()).collect();
            let standing = if !is_known {
                Standing::Unknown
            } else if version.is_none() && !erratum.firmware.bounds.is_empty() {
                Standing::NoVersion
            } else if !ran {
                Standing::NotRun
            } else if labels.is_empty() {
                Standing::NotNeeded
            } else if erratum.expires.as_str() < today {
                Standing::Expired
            } else {
                Standing::Known
            };
            Noted { erratum: erratum.clone(), standing, labels }
        })
        .collect()
}

impl JudgedRun {
    /// The errata that explain a case, or once did.
    pub fn noted_of(&self, label: &str) -> impl Iterator<Item = &Noted> {
        self.errata.iter().filter(move |noted| noted.labels.iter().any(|own| own == label))
    }
}

impl Range {
    /// Whether a version is in it.
    fn holds(&self, version: &[u64]) -> bool {
        self.bounds.iter().all(|(bound, limit)| {
            let order = compare(version, limit);
            match bound {
                Bound::AtLeast => order.is_ge(),
                Bound::AtMost => order.is_le(),
                Bound::Above => order.is_gt(),
                Bound::Below => order.is_lt(),
                Bound::Exactly => order.is_eq(),
            }
        })
    }
}

impl TryFrom<String> for Range {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut bounds = Vec::new();
        if text.trim() == "*" {
            return Ok(Self { text, bounds });
        }
        let signs = [
            (">=", Bound::AtLeast),
            ("<=", Bound::AtMost),
            (">", Bound::Above),
            ("<", Bound::Below),
            ("=", Bound::Exactly),
        ];
        for word in text.split_whitespace() {
            let sign =
                signs.iter().find_map(|(sign, bound)| Some((*bound, word.strip_prefix(sign)?)));
            let (bound, limit) = sign.unwrap_or((Bound::Exactly, word));
            let parts: Result<Vec<u64>, _> = limit.split('.').map(str::parse).collect();
            let parts = parts.map_err(|_| {
                format!("`{word}` is no bound of a version; write `>=1.2 <1.4`, `=1.3.1` or `*`")
            })?;
            bounds.push((bound, parts));
        }
        if bounds.is_empty() {
            return Err("the range of versions is empty; write `*` for all".to_owned());
        }
        Ok(Self { text, bounds })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The first dotted number of what a device calls itself: `0.1.0` of `intercom 0.1.0 (reference)`. A number
/// without a dot counts where there is no other.
fn version(text: &str) -> Option<Vec<u64>> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let numbers: Vec<Vec<u64>> = words
        .filter_map(|word| {
            let word = word.trim_matches('.');
            word.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()
        })
        .collect();
    numbers.iter().find(|parts| parts.len() > 1).or_else(|| numbers.first()).cloned()
}

/// By parts; a part that is missing is zero.
fn compare(one: &[u64], other: &[u64]) -> Ordering {
    let parts = one.len().max(other.len());
    let part = |of: &[u64], place: usize| of.get(place).copied().unwrap_or(0);
    (0..parts)
        .map(|place| part(one, place).cmp(&part(other, place)))
        .find(|it| it.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("*", "7", true)]
    #[case(">=1.2 <1.4", "1.3.9", true)]
    #[case(">=1.2 <1.4", "1.4", false)]
    #[case(">=1.2 <1.4", "1.2.0", true)]
    #[case(">=1.2 <1.4", "1.10", false)]
    #[case("=1.3", "1.3.0", true)]
    #[case("<=2", "2.0.1", false)]
    fn a_range_has_versions(#[case] range: &str, #[case] told: &str, #[case] holds: bool) {
        let range = Range::try_from(range.to_owned()).unwrap();
        assert_eq!(range.holds(&version(told).unwrap()), holds);
    }

    #[rstest]
    #[case("intercom 0.1.0 (reference)", &[0, 1, 0])]
    #[case("v2, build 1.15-rc3", &[1, 15])]
    #[case("fw 7", &[7])]
    fn a_version_is_the_first_dotted_number(#[case] told: &str, #[case] parts: &[u64]) {
        assert_eq!(version(told).unwrap(), parts);
    }

    #[test]
    fn bad_input_says_how_to_mend_it() {
        let range = Range::try_from("~1.2".to_owned()).unwrap_err();
        assert!(range.contains("`~1.2` is no bound of a version; write `>=1.2 <1.4`"), "{range}");
    }
}
