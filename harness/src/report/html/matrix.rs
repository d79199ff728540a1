//! The requirements of a run by standard and section, and those that were not met.

use super::badge::Badge;
use super::departure::{self, Note};
use super::{anchor, strength};
use crate::report::JudgedRun;
use crate::requirement::{Catalogue, Requirement, RequirementId, Strength};
use crate::verdict::Verdict;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What a run says of the catalogue.
pub(super) struct Matrix<'a> {
    /// Those with a verdict other than pass, the worst first and then the strongest.
    pub(super) unmet: Vec<UnmetView<'a>>,
    pub(super) standards: Vec<StandardView<'a>>,
    /// How many requirements were met, were not, could not be decided, and were never come to.
    pub(super) met: usize,
    pub(super) failed: usize,
    pub(super) undecided: usize,
    pub(super) unreached: usize,
    /// Of those that were not met, how many are of which strength, the strongest first.
    pub(super) broken: String,
}

/// A requirement that was not met, or of which it could not be told.
pub(super) struct UnmetView<'a> {
    pub(super) id: &'a str,
    pub(super) strength: &'static str,
    pub(super) text: &'a str,
    pub(super) verdict: Badge,
    /// Anchor and name of the first cases that say so.
    pub(super) cases: Vec<(String, String)>,
    /// How many more there are.
    pub(super) more: usize,
    pub(super) departures: Vec<Note>,
}

/// A standard, or the project's own profile.
pub(super) struct StandardView<'a> {
    pub(super) name: String,
    pub(super) sections: Vec<SectionView<'a>>,
    /// How many of its requirements were exercised.
    pub(super) exercised: usize,
    /// How many of its requirements bind a user agent.
    pub(super) binding: usize,
    pub(super) verdict: Badge,
}

/// A section of it.
pub(super) struct SectionView<'a> {
    pub(super) name: String,
    /// Where the text is to be had.
    pub(super) address: String,
    pub(super) chips: Vec<ChipView<'a>>,
    /// How many more of its requirements bind a user agent and were not exercised.
    pub(super) left: usize,
}

/// A requirement that was exercised.
pub(super) struct ChipView<'a> {
    pub(super) id: &'a str,
    /// What tells it from others of the section.
    pub(super) short: &'a str,
    pub(super) verdict: Badge,
    pub(super) text: &'a str,
}

/// What was found of one requirement.
#[derive(Default)]
struct Found {
    verdict: Verdict,
    /// The cases by what they say.
    cases: Vec<(Verdict, String, String)>,
}

impl<'a> Matrix<'a> {
    pub(super) fn new(run: &'a JudgedRun, catalogue: &'a Catalogue) -> Self {
        let mut found: BTreeMap<&RequirementId, Found> = BTreeMap::new();
        for case in &run.cases {
            for id in case.requirements() {
                let verdict = case.verdict_of(id);
                let of_id = found.entry(id).or_default();
                of_id.verdict = of_id.verdict.merge(verdict);
                let name = case.record.label();
                of_id.cases.push((verdict, anchor(&case.record.folder), name));
            }
        }
        let count = |wanted: &dyn Fn(Verdict) -> bool| {
            found.values().filter(|it| wanted(it.verdict)).count()
        };
        Self {
            met: count(&|verdict| verdict == Verdict::Pass),
            failed: count(&|verdict| verdict == Verdict::Fail),
            undecided: count(&|it| matches!(it, Verdict::Inconclusive | Verdict::Error)),
            unreached: count(&|verdict| verdict == Verdict::None),
            broken: broken(&found, catalogue),
            unmet: unmet(&found, run, catalogue),
            standards: standards(&found, catalogue),
        }
    }
}

/// How many requirements of each strength were not met: `3 MUST, 1 SHOULD`.
fn broken(found: &BTreeMap<&RequirementId, Found>, catalogue: &Catalogue) -> String {
    let mut counts: BTreeMap<Strength, usize> = BTreeMap::new();
    for (id, _) in found.iter().filter(|(_, it)| it.verdict == Verdict::Fail) {
        *counts.entry(rank(catalogue, id)).or_default() += 1;
    }
    let words = counts.iter().map(|(rank, count)| format!("{count} {}", strength(*rank)));
    words.collect::<Vec<_>>().join(", ")
}

/// What the catalogue says of its strength; what is not in it binds as the project's own do.
fn rank(catalogue: &Catalogue, id: &RequirementId) -> Strength {
    catalogue.get(id).map_or(Strength::Profile, |sentence| sentence.strength)
}

fn unmet<'a>(
    found: &BTreeMap<&'a RequirementId, Found>,
    run: &JudgedRun,
    catalogue: &'a Catalogue,
) -> Vec<UnmetView<'a>> {
    let worse = found.iter().filter(|(_, it)| it.verdict > Verdict::Pass);
    let mut unmet: Vec<_> = worse
        .map(|(id, it)| {
            let sentence = catalogue.get(id);
            let saying = it.cases.iter().filter(|(verdict, ..)| *verdict == it.verdict);
            let more = saying.clone().count().saturating_sub(CASES);
            let cases = saying.take(CASES).map(|(_, anchor, name)| (anchor.clone(), name.clone()));
            let view = UnmetView {
                id: id.as_str(),
                strength: sentence.map_or("", |sentence| strength(sentence.strength)),
                text: sentence.map_or("", |sentence| sentence.text.as_str()),
                verdict: Badge::new(it.verdict),
                cases: cases.collect(),
                more,
                departures: departure::of_requirement(run, id),
            };
            ((Reverse(it.verdict), rank(catalogue, id)), view)
        })
        .collect();
    unmet.sort_by_key(|(rank, _)| *rank);
    unmet.into_iter().map(|(_, view)| view).collect()
}

fn standards<'a>(
    found: &BTreeMap<&'a RequirementId, Found>,
    catalogue: &'a Catalogue,
) -> Vec<StandardView<'a>> {
    let binding = catalogue.iter().filter(|it| it.role.binds_user_agent()).map(|it| &it.id);
    let all: BTreeSet<&'a RequirementId> = binding.chain(found.keys().copied()).collect();
    let mut places: BTreeMap<(u32, Section<'a>), Vec<&'a RequirementId>> = BTreeMap::new();
    for id in all {
        // The project's own come last.
        let (rfc, section) = id.rfc_section().unwrap_or((u32::MAX, "its requirements"));
        places.entry((rfc, Section(section))).or_default().push(id);
    }
    let mut standards: BTreeMap<u32, StandardView<'a>> = BTreeMap::new();
    for ((rfc, Section(section)), ids) in places {
        let standard = standards.entry(rfc).or_insert_with(|| StandardView {
            name: if rfc == u32::MAX { "Profile".to_owned() } else { format!("RFC {rfc}") },
            sections: Vec::new(),
            exercised: 0,
            binding: 0,
            verdict: Badge::new(Verdict::None),
        });
        let of = |id: &RequirementId| found.get(id).map_or(Verdict::None, |it| it.verdict);
        let exercised: Vec<_> = ids.iter().filter(|id| found.contains_key(**id)).collect();
        standard.binding += ids.len();
        standard.exercised += exercised.len();
        if exercised.is_empty() {
            continue;
        }
        let verdict = exercised.iter().fold(Verdict::None, |worst, id| worst.merge(of(id)));
        standard.verdict = standard.verdict.worse(verdict);
        standard.sections.push(SectionView {
            name: if rfc == u32::MAX { section.to_owned() } else { format!("§{section}") },
            address: match rfc {
                u32::MAX => String::new(),
                _ => format!("https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}"),
            },
            left: ids.len() - exercised.len(),
            chips: exercised.into_iter().map(|id| ChipView::new(id, of(id), catalogue)).collect(),
        });
    }
    standards.into_values().filter(|standard| standard.exercised > 0).collect()
}

impl<'a> ChipView<'a> {
    fn new(id: &'a RequirementId, verdict: Verdict, catalogue: &'a Catalogue) -> Self {
        let text = catalogue.get(id).map_or("", |Requirement { text, .. }| text.as_str());
        let short = id.rfc_section().and_then(|_| id.as_str().rsplit_once('-'));
        let short = short.map_or(id.as_str(), |(_, ordinal)| ordinal);
        Self { id: id.as_str(), short, verdict: Badge::new(verdict), text }
    }
}

/// The number of a section, in the order of the numbers between its dots.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Section<'a>(&'a str);

impl Section<'_> {
    fn key(&self) -> Vec<(u32, &str)> {
        self.0.split('.').map(|part| (part.parse().unwrap_or(u32::MAX), part)).collect()
    }
}

impl Ord for Section<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Section<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// So many cases of a requirement are named.
const CASES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_in_the_order_of_their_numbers() {
        let mut sections = ["10.2", "8.1.1", "8.1", "17.2.10", "17.2.9", "Annex"].map(Section);
        sections.sort();
        let sorted = sections.map(|Section(text)| text);
        assert_eq!(sorted, ["8.1", "8.1.1", "10.2", "17.2.9", "17.2.10", "Annex"]);
    }
}
