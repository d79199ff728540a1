//! A run in a few words: what a page that links many runs says of each.

use super::civil::utc;
use super::{Counts, JudgedRun};
use crate::evidence::extent::Shard;
use crate::evidence::record::{RunRecord, Tier};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is told of one run among others.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Brief {
    /// The version of this layout; see [`Brief::SCHEMA`].
    pub schema: u32,
    /// The name of its folder.
    pub id: String,
    /// When it began; the virtual tier has no such time but that in its name.
    pub began: String,
    /// The tier.
    pub tier: Tier,
    /// The device.
    pub device: String,
    /// Its firmware, as it told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The seeded defects that were switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<String>,
    /// Which part of a larger run it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// How many runs it is made of, where it was merged.
    #[serde(default, skip_serializing_if = "is_nil")]
    pub parts: usize,
    /// What it came to. Absent: it did not come to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// How many cases came to what.
    pub counts: Counts,
    /// How long its cases took, taken together.
    #[serde(with = "crate::time::nanos")]
    pub took: Duration,
}

impl Brief {
    /// The layout that this version reads and writes.
    pub const SCHEMA: u32 = 1;

    /// A judged run in brief.
    pub fn of(run: &JudgedRun) -> Self {
        Self { verdict: Some(run.verdict()), counts: run.counts(), ..Self::of_record(&run.record) }
    }

    /// A run of which there is no more than its record: nobody judged it.
    pub fn of_record(record: &RunRecord) -> Self {
        let device = &record.device;
        Self {
            schema: Self::SCHEMA,
            id: record.id.clone(),
            began: began(record),
            tier: record.tier,
            device: device.name.clone(),
            version: device.version.clone(),
            defects: device.defects.clone(),
            shard: record.extent.shard.as_ref().map(|record| record.shard),
            parts: record.parts.len(),
            verdict: None,
            counts: Counts {
                none: record.cases.len(),
                not_applicable: record.not_applicable.len(),
                not_run: record.not_run.len(),
                ..Counts::default()
            },
            took: record.cases.iter().map(|case| case.took).sum(),
        }
    }
}

/// `2026-11-22 19:00:00`: from the name of the run, or else from its record.
fn began(record: &RunRecord) -> String {
    let named = record.id.get(..DATE_AND_TIME).filter(|text| {
        text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 | 13 | 16 => byte == b'-',
            10 => byte == b'T',
            _ => byte.is_ascii_digit(),
        })
    });
    let text = named.map_or_else(|| utc(record.started_unix_ns), str::to_owned);
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{date} {}", time.trim_end_matches('Z').replace('-', ":"))
}

/// The length of `2026-11-22T19-00-00`.
const DATE_AND_TIME: usize = 19;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_nil(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::example;

    #[test]
    fn a_brief_is_read_as_it_was_written() {
        let brief = Brief::of(&crate::report::tests::example());
        assert_eq!((brief.verdict, brief.counts.fail), (Some(Verdict::Fail), 1));
        let text = serde_json::to_string(&brief).unwrap();
        assert_eq!(serde_json::from_str::<Brief>(&text).unwrap(), brief);
    }

    #[test]
    fn a_run_began_when_its_name_says_or_its_record() {
        let began = |id: &str| began(&example::run(id));
        assert_eq!(began("2026-11-22T20-09-53.790Z-virtual-intercom"), "2026-11-22 20:09:53");
        assert_eq!(began("nightly"), "2026-11-22 19:00:00");
        assert_eq!(began("2026-11-22T20:09"), "2026-11-22 19:00:00");
    }
}
