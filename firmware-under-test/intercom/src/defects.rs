//! The seeded defects: each is one deliberate departure from a standard, off unless asked for.
//!
//! Each module below is the table of one group; `defects.yaml` is all of it as data, for those who
//! choose defects without reading the code. Every table of a group is written with the macro that
//! stands last here.

macro_rules! defects {
    ($group:literal; $($konst:ident: $name:literal, $summary:literal, [$($requirement:literal),+];)+) => {
        #[derive(Clone, Copy, Debug)]
        #[expect(non_camel_case_types, reason = "named as the constants of Defect are")]
        enum Bit { $($konst),+ }

        #[expect(missing_docs, reason = "each constant's summary says what it is")]
        impl Defect {
            $(pub const $konst: Self = Self {
                name: $name,
                summary: $summary,
                requirements: &[$($requirement),+],
                group: $group,
                bit: Bit::$konst as u8,
            };)+
        }

        pub(super) static ALL: &[Defect] = &[$(Defect::$konst),+];
    };
}

mod auth;
mod codec;
mod dlg;
mod door;
mod dtmf;
mod modify;
mod msg;
mod opt;
mod prack;
mod reg;
mod rel;
mod rtp;
mod sdp;
mod srtp;
mod tls;
mod tort;
mod trn;
mod txn;
mod uac_inv;
mod uas_inv;

use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// One deliberate departure.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Kebab-case name, as `--defect` takes it.
    pub name: &'static str,
    /// What the device then does wrong, in one line.
    pub summary: &'static str,
    /// The requirements that it breaks, by their ids in the catalogue of the suite.
    pub requirements: &'static [&'static str],
    group: u8,
    bit: u8,
}

/// The defects that a device has, none by default, and, if that is wanted, those that it was asked for.
///
/// Clones are one: what is asked of one is noted in all, and all have others when one is
/// [switched](Self::switch). A device that was never asked for a defect behaves, with the same seed and
/// the same inputs, as one that has it: nothing else in the firmware knows of defects, but for the line
/// of the boot log that names them.
#[derive(Clone, Debug, Default)]
pub struct Defects(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    seeded: Bits,
    /// What was asked for, where that is noted.
    asked: Option<Asked>,
    named: Named,
}

/// Whether the boot log names the defects.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Named {
    #[default]
    Yes,
    No,
}

/// What a device was asked for.
#[derive(Debug, Default)]
struct Asked {
    bits: Bits,
    count: AtomicUsize,
}

/// One bit for each defect.
#[derive(Debug)]
struct Bits([AtomicU64; WORDS]);

impl Default for Bits {
    fn default() -> Self {
        Self([const { AtomicU64::new(0) }; WORDS])
    }
}

impl Bits {
    fn has(&self, (word, mask): (usize, u64)) -> bool {
        self.0.get(word).is_some_and(|bits| bits.load(Ordering::Relaxed) & mask != 0)
    }

    fn set(&self, (word, mask): (usize, u64)) {
        if let Some(bits) = self.0.get(word) {
            bits.fetch_or(mask, Ordering::Relaxed);
        }
    }

    fn copy(&self, from: &Self) {
        for (to, from) in self.0.iter().zip(&from.0) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| bits.load(Ordering::Relaxed) == 0)
    }
}

impl Defects {
    /// Every defect that can be seeded, in the order of `defects.yaml`.
    pub fn all() -> impl Iterator<Item = &'static Defect> {
        TABLES.iter().copied().flatten()
    }

    /// None, of a device that notes what it is asked for. Like [unnamed](Self::unnamed) ones, they are
    /// not in its boot log when they are switched.
    pub fn noting() -> Self {
        let asked = Some(Asked::default());
        Self(Arc::new(Shared { asked, named: Named::No, ..Shared::default() }))
    }

    /// The same defects, which the boot log does not name.
    #[must_use]
    pub fn unnamed(&self) -> Self {
        let shared = Shared { named: Named::No, ..Shared::default() };
        shared.seeded.copy(&self.0.seeded);
        Self(Arc::new(shared))
    }

    /// Whether the device has `defect`.
    pub fn has(&self, defect: Defect) -> bool {
        let place = defect.place();
        if let Some(asked) = &self.0.asked
            && !asked.bits.has(place)
        {
            asked.bits.set(place);
            asked.count.fetch_add(1, Ordering::Relaxed);
        }
        self.0.seeded.has(place)
    }

    /// Whether it matters what [`has`](Self::has) would say: the device has `defect`, or notes what it is
    /// asked for. Where it does not, nobody has to find out whether there is anything to spoil.
    pub fn may_have(&self, defect: Defect) -> bool {
        self.0.asked.is_some() || self.0.seeded.has(defect.place())
    }

    /// The same defects and one more.
    #[must_use]
    pub fn with(self, defect: Defect) -> Self {
        let shared = Shared { named: self.0.named, ..Shared::default() };
        shared.seeded.copy(&self.0.seeded);
        shared.seeded.set(defect.place());
        Self(Arc::new(shared))
    }

    /// Has the device, and all that shares these, have the defects of `others` from now on.
    pub fn switch(&self, others: &Self) {
        self.0.seeded.copy(&others.0.seeded);
    }

    /// How many those are of which [`asked`](Self::asked) tells.
    pub fn count_asked(&self) -> usize {
        self.0.asked.as_ref().map_or(0, |asked| asked.count.load(Ordering::Relaxed))
    }

    /// The names that the boot log has, if it has any.
    pub(crate) fn named(&self) -> Option<String> {
        (self.0.named == Named::Yes && !self.0.seeded.is_empty()).then(|| self.to_string())
    }

    /// Whether the device has been asked for `defect`, so far as that is noted.
    pub fn was_asked(&self, defect: Defect) -> bool {
        self.0.asked.as_ref().is_some_and(|asked| asked.bits.has(defect.place()))
    }

    /// The defects that the device has been asked for, whether it has them or not; none where that is
    /// not noted.
    pub fn asked(&self) -> impl Iterator<Item = &'static Defect> {
        Self::all().filter(|defect| self.was_asked(**defect))
    }
}

impl Defect {
    /// Its word and its bit there: two words a table.
    const fn place(self) -> (usize, u64) {
        (self.group as usize * 2 + self.bit as usize / 64, 1 << (self.bit % 64))
    }
}

impl FromStr for Defects {
    type Err = UnknownDefect;

    /// Reads names separated by commas; spaces around a name and empty names are ignored.
    fn from_str(names: &str) -> Result<Self, UnknownDefect> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.into_iter().try_fold(Self::default(), |defects, name| {
            match Self::all().find(|defect| defect.name == name) {
                Some(&defect) => Ok(defects.with(defect)),
                None => Err(UnknownDefect { name: name.to_owned() }),
            }
        })
    }
}

impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> =
            Self::all().filter(|d| self.0.seeded.has(d.place())).map(|d| d.name).collect();
        f.write_str(&names.join(","))
    }
}

/// A name that no defect has; the author of the command line is at fault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownDefect {
    /// The name that was given.
    pub name: String,
}

impl fmt::Display for UnknownDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut near: Vec<_> =
            Defects::all().map(|d| (distance(d.name, &self.name), d.name)).collect();
        near.sort_unstable();
        let near: Vec<_> = near.iter().take(3).map(|&(_, name)| name).collect();
        write!(f, "no defect is named {:?}; near it: {}", self.name, near.join(", "))
    }
}

impl std::error::Error for UnknownDefect {}

/// The table as the YAML document that `defects.yaml` must equal.
pub fn yaml() -> String {
    let mut text = String::from(
        "# Seeded defects of the reference device: one deliberate departure each.\n\
         # The tables are in src/defects/; `intercom --defect list` writes this file, and a test keeps it equal.\n",
    );
    for Defect { name, summary, requirements, .. } in Defects::all() {
        let requirements = requirements.join(", ");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "- name: {name}\n  summary: {summary:?}\n  requirements: [{requirements}]\n"
        );
    }
    text
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, &above) in b.chars().zip(row.iter().skip(1)) {
            let cost = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            diagonal = above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// In the order of the catalogue's groups; each module's number is its place here.
static TABLES: [&[Defect]; GROUPS] = [
    reg::ALL,
    auth::ALL,
    msg::ALL,
    tort::ALL,
    opt::ALL,
    uac_inv::ALL,
    uas_inv::ALL,
    rel::ALL,
    dlg::ALL,
    txn::ALL,
    modify::ALL,
    sdp::ALL,
    &[],
    rtp::ALL,
    door::ALL,
    dtmf::ALL,
    codec::ALL,
    srtp::ALL,
    trn::ALL,
    prack::ALL,
    tls::ALL,
];

const GROUPS: usize = 21;
const WORDS: usize = GROUPS * 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_and_the_table_agree() {
        assert_eq!(include_str!("../defects.yaml"), yaml());
    }

    #[test]
    fn names_are_unique_and_fit() {
        let mut names: Vec<_> = Defects::all().map(|d| d.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for (group, table) in TABLES.iter().enumerate() {
            assert!(table.len() <= 128, "group {group} has no room for more");
            assert!(table.iter().all(|defect| usize::from(defect.group) == group));
        }
    }

    #[test]
    fn what_was_asked_is_known_of_every_clone() {
        let defects = Defects::noting();
        let clone = defects.clone();
        assert!(!clone.has(Defect::ACK_MISSING));
        let asked: Vec<_> = defects.asked().map(|defect| defect.name).collect();
        assert_eq!(asked, ["ack-missing"]);
    }

    #[test]
    fn a_list_is_read_and_written() {
        let defects: Defects = "no-rport, ack-missing".parse().unwrap();
        assert!(defects.has(Defect::NO_RPORT) && defects.has(Defect::ACK_MISSING));
        assert!(!defects.has(Defect::NO_100));
        assert_eq!(defects.to_string(), "no-rport,ack-missing");
    }

    #[test]
    fn an_unknown_name_gets_near_ones() {
        let error = "ack-mising".parse::<Defects>().unwrap_err();
        assert_eq!(
            error.to_string().split(", ").next(),
            Some("no defect is named \"ack-mising\"; near it: ack-missing")
        );
    }
}
