//! The ids that have neither a case nor a reason: a list that only gets shorter.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The open ids, and how many they may be.
///
/// As a file: a line `at most 412`, then an id a line; `#` begins a comment. Two branches that each
/// take ids off are merged by keeping the lines of both, so the limit may stand twice: the lower holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Open {
    /// The most that there may be.
    pub at_most: usize,
    /// The ids.
    pub ids: BTreeSet<String>,
}

impl Open {
    /// Keeps what is `still` open, lowers the limit to what is left, and returns what went.
    pub fn settle(&mut self, still: impl Fn(&str) -> bool) -> Vec<String> {
        let (kept, gone): (BTreeSet<_>, BTreeSet<_>) =
            std::mem::take(&mut self.ids).into_iter().partition(|id| still(id));
        self.ids = kept;
        self.at_most = self.at_most.min(self.ids.len());
        gone.into_iter().collect()
    }
}

impl FromStr for Open {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut at_most: Option<usize> = None;
        let mut ids = BTreeSet::new();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(limit) = line.strip_prefix("at most ") {
                let limit = limit.parse().map_err(|_| format!("`{line}` has no number"))?;
                at_most = Some(at_most.map_or(limit, |other| other.min(limit)));
            } else if line.contains(' ') {
                return Err(format!("`{line}` is neither an id nor `at most` and a number"));
            } else {
                ids.insert(line.to_owned());
            }
        }
        let at_most = at_most.ok_or("no line says `at most` and a number")?;
        Ok(Self { at_most, ids })
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        writeln!(f, "at most {}", self.at_most)?;
        self.ids.iter().try_for_each(|id| writeln!(f, "{id}"))
    }
}

const HEAD: &str = "\
# Neither a case nor a reason. `ringtrue coverage --update` takes off what got one and lowers the limit,
# which rises only where the catalogue itself gains sentences.
";
