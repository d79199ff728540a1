//! `report.json`: verdicts, findings and figures for programs.
//!
//! The layout, version 1. Fields are added without a new version; a change of meaning makes one.
//!
//! ```text
//! { "schema": 1,
//!   "run":     { "id", "started" (RFC 3339), "ringtrue", "tier", "fell_back"?, "board"?, "seed", "order", "repeats",
//!                "device": { "name", "version"?, "firmware": {file: sha256}, "defects": [] },
//!                "calibration": { "pacing"?, "stamping"?, "sending"?: {count,p50,p99,p999,max} (ns),
//!                                 "scheduling"? } },
//!   "doubts":  [sentence],                     why the evidence may not be what the run wrote
//!   "verdict": "none|pass|inconclusive|fail|error",
//!   "counts":  { "pass", "fail", "inconclusive", "error", "none", "not_applicable", "not_run", "flaky" },
//!   "flaky":   [ { "execution", "sentence", "runs": {verdict: count}, "rate", "low", "high" } ],
//!   "errata":  [ { "about", "standing", "sentence", "owner", "expires", "cases": [label] } ],
//!   "cases":   [ { "execution", "repeat", "id", "title", "values": {name: value}, "scenario", "folder",
//!                  "verdict", "sentence"?,     why it is not a pass
//!                  "started", "took_ms", "ended",
//!                  "requirements": [ { "id", "strength"?, "text"?, "verdict" } ],
//!                  "findings": [ { "requirement", "verdict", "text", "claim", "step", "file", "line",
//!                                  "evidence": [entry of timeline.jsonl],
//!                                  "margins"?: [ { "figure", "unit", "value", "uncertainty",
//!                                                  "low"?, "high"? } ] } ],   in SI units
//!                  "streams": [ { "point", "ssrc", "packets", "lost", "duplicates", "reordered",
//!                                 "uncertainty_ms", "jitter_ms": {"mean","max"}, "deviation_ms": {"p50","p99","p999","max"} } ],
//!                  "agreed": [ { "role", "way": "to device|from device", "codec", "ptime_ms", "payload_bytes",
//!                                "header_bytes", "srtp_bytes", "kbit_s" } ] } ],
//!   "not_applicable": [ {"case","reason"} ],
//!   "not_run":        [ {"case","reason"} ] }
//! ```

use super::bandwidth::Bandwidth;
use super::civil::utc;
use super::errata::{Noted, Standing};
use super::flake::Tally;
use super::stream::Stream;
use super::{Counts, JudgedCase, JudgedRun};
use crate::check::margin::Margin;
use crate::evidence::record::{Calibration, DeviceRecord, Ended, Order, Repeats};
use crate::evidence::timeline::Seq;
use crate::requirement::{Catalogue, RequirementId, Strength};
use crate::statistics::proportion::Interval;
use crate::verdict::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// The report, with a line feed at its end.
///
/// # Errors
///
/// Never in practice; those of the serializer are passed on.
pub fn render(run: &JudgedRun, catalogue: &Catalogue) -> serde_json::Result<String> {
    let record = &run.record;
    let report = Report {
        schema: SCHEMA,
        run: Run {
            id: &record.id,
            started: utc(record.started_unix_ns),
            ringtrue: &record.ringtrue,
            tier: record.tier.name(),
            fell_back: record.fell_back.as_deref(),
            board: record.board.as_deref(),
            seed: record.seed,
            order: record.order,
            repeats: record.repeats,
            device: &record.device,
            calibration: &record.calibration,
        },
        doubts: run.doubts.iter().map(|doubt| doubt.text.as_str()).collect(),
        verdict: run.verdict(),
        counts: run.counts(),
        flaky: Flaky::all(run),
        errata: run.errata.iter().map(Departure::new).collect(),
        cases: run.cases.iter().map(|case| Case::new(case, catalogue)).collect(),
        not_applicable: record.not_applicable.iter().map(Left::new).collect(),
        not_run: record.not_run.iter().map(Left::new).collect(),
    };
    let mut text = serde_json::to_string_pretty(&report)?;
    text.push('\n');
    Ok(text)
}

/// The version of the layout.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    run: Run<'a>,
    doubts: Vec<&'a str>,
    verdict: Verdict,
    counts: Counts,
    flaky: Vec<Flaky<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errata: Vec<Departure<'a>>,
    cases: Vec<Case<'a>>,
    not_applicable: Vec<Left<'a>>,
    not_run: Vec<Left<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    id: &'a str,
    started: String,
    ringtrue: &'a str,
    tier: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fell_back: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    board: Option<&'a str>,
    seed: u64,
    order: Order,
    repeats: Repeats,
    device: &'a DeviceRecord,
    calibration: &'a Calibration,
}

#[derive(Serialize)]
struct Case<'a> {
    execution: &'a str,
    repeat: u32,
    id: &'a str,
    title: &'a str,
    values: &'a BTreeMap<String, String>,
    scenario: &'a str,
    folder: &'a str,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
    started: String,
    took_ms: f64,
    ended: &'a Ended,
    requirements: Vec<Requirement<'a>>,
    findings: Vec<Found<'a>>,
    streams: Vec<Stream>,
    agreed: Vec<Bandwidth>,
}

#[derive(Serialize)]
struct Requirement<'a> {
    id: &'a RequirementId,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<Strength>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    verdict: Verdict,
}

#[derive(Serialize)]
struct Found<'a> {
    requirement: &'a RequirementId,
    verdict: Verdict,
    text: &'a str,
    claim: Option<&'a str>,
    step: Option<u16>,
    file: Option<&'a str>,
    line: Option<usize>,
    evidence: &'a [Seq],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    margins: &'a [Margin],
}

#[derive(Serialize)]
struct Flaky<'a> {
    execution: &'a str,
    sentence: String,
    runs: BTreeMap<Verdict, u32>,
    rate: f64,
    low: f64,
    high: f64,
}

impl<'a> Flaky<'a> {
    fn all(run: &'a JudgedRun) -> Vec<Self> {
        let repeats = run.record.repeats;
        let flaky = run.tallies().filter(Tally::is_flaky);
        let flaky = flaky.map(|tally| {
            let Interval { low, high } = tally.interval(repeats);
            let (sentence, rate) = (tally.sentence(repeats), tally.rate());
            Self { execution: tally.execution, sentence, runs: tally.runs, rate, low, high }
        });
        flaky.collect()
    }
}

#[derive(Serialize)]
struct Departure<'a> {
    about: &'a str,
    standing: Standing,
    sentence: String,
    owner: &'a str,
    expires: &'a str,
    cases: &'a [String],
}

impl<'a> Departure<'a> {
    fn new(noted: &'a Noted) -> Self {
        let Noted { erratum, standing, labels } = noted;
        Self {
            about: erratum.what(),
            standing: *standing,
            sentence: noted.sentence(),
            owner: &erratum.owner,
            expires: erratum.expires.as_str(),
            cases: labels,
        }
    }
}

#[derive(Serialize)]
struct Left<'a> {
    case: &'a str,
    reason: &'a str,
}

impl<'a> Left<'a> {
    fn new((case, reason): &'a (String, String)) -> Self {
        Self { case, reason }
    }
}

impl<'a> Case<'a> {
    fn new(case: &'a JudgedCase, catalogue: &'a Catalogue) -> Self {
        Self {
            execution: &case.record.execution,
            repeat: case.record.repeat,
            id: &case.program.case.id,
            title: &case.program.case.title,
            values: &case.record.values,
            scenario: &case.record.scenario,
            folder: &case.record.folder,
            verdict: case.verdict,
            sentence: case.sentence(),
            started: utc(case.record.started_unix_ns.saturating_add(case.began().as_nanos())),
            took_ms: (case.record.took.as_secs_f64() * 1e6).round() / 1e3,
            ended: &case.record.ended,
            requirements: case
                .requirements()
                .into_iter()
                .map(|id| {
                    let sentence = catalogue.get(id);
                    Requirement {
                        id,
                        strength: sentence.map(|sentence| sentence.strength),
                        text: sentence.map(|sentence| sentence.text.as_str()),
                        verdict: case.verdict_of(id),
                    }
                })
                .collect(),
            findings: case.findings.iter().map(|finding| Found::new(case, finding)).collect(),
            streams: Stream::received(case),
            agreed: case.agreed(),
        }
    }
}

impl<'a> Found<'a> {
    fn new(case: &'a JudgedCase, finding: &'a crate::check::claim::Finding) -> Self {
        let claim = case.claim(finding);
        let place = claim.map(|claim| case.place(claim));
        Self {
            requirement: &finding.requirement,
            verdict: finding.verdict,
            text: &finding.text,
            claim: claim.map(|claim| claim.text.as_str()),
            step: claim.map(|claim| claim.step.0),
            file: place.map(|(file, _)| file),
            line: place.map(|(_, line)| line),
            evidence: &finding.evidence,
            margins: &finding.margins,
        }
    }
}
