//! What multiplies the executions of every case beside its own matrix: transports and versions of IP.

use super::header::reach_of;
use super::roles::TRANSPORTS;
use std::collections::{BTreeMap, BTreeSet};

/// The keys that a run may vary, in the order in which an execution's id has them.
pub(super) const VARIED: [&str; 2] = ["transport", "ip"];
/// The words of the key `ip`.
pub(super) const VERSIONS: &[&str] = &["v4", "v6"];

/// Over which transports and versions of IP a run plays each case. Where one is empty, the case says,
/// or the default holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Variation {
    /// Of `udp`, `tcp`, `tls`.
    pub transports: Vec<String>,
    /// Of `v4`, `v6`.
    pub versions: Vec<String>,
}

impl Variation {
    /// Those that make, together, every execution that any run can make.
    pub fn every() -> Vec<Self> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let some = |transports: &[&str], versions: &[&str]| Self {
            transports: words(transports),
            versions: words(versions),
        };
        vec![
            Self::default(),
            some(TRANSPORTS, &[]),
            some(&[], VERSIONS),
            some(TRANSPORTS, VERSIONS),
        ]
    }

    /// Each key that varies, and its values.
    pub(super) fn keys(&self) -> Vec<(&'static str, &[String])> {
        let values = [&self.transports, &self.versions].map(Vec::as_slice);
        let keys = VARIED.into_iter().zip(values);
        keys.filter(|(_, values)| !values.is_empty()).collect()
    }
}

/// What an execution with these values is over, as names of PICS: `over.tls`, `over.v6`.
pub fn over(values: &BTreeMap<String, String>) -> BTreeSet<String> {
    let version = values.get("ip").map_or("v4", String::as_str);
    [reach_of(values).transport.name(), version].map(|word| format!("{OVER}{word}")).into()
}

/// The same of the execution with this id.
pub fn over_of(execution: &str) -> BTreeSet<String> {
    let row = execution.split_once('[').map_or("", |(_, row)| row.trim_end_matches(']'));
    let values = row.split(',').filter_map(|pair| pair.split_once('='));
    over(&values.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

/// Whether a name of a PICS expression is of the execution, and not of the device.
pub fn is_of_execution(name: &str) -> bool {
    name.starts_with(OVER)
}

const OVER: &str = "over.";
