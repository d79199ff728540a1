//! A certificate as a sheet.

use super::{Certificate, Claimed, Stands};
use crate::evidence::record::{Order, Spread};
use crate::report::sheet::{Section, Sheet};
use crate::verdict::Verdict;

impl Certificate {
    /// The sheet.
    pub fn sheet(&self) -> Sheet {
        let [profile, title] = &self.profile;
        let (word, tone) = if self.granted {
            ("certified", Verdict::Pass)
        } else {
            ("not certified", Verdict::Fail)
        };
        let statement = if self.granted {
            format!("It meets profile `{profile}`: {title}.")
        } else {
            format!("It does not meet profile `{profile}`, for {} reason(s).", self.reasons.len())
        };
        let mut sections = Vec::new();
        if !self.reasons.is_empty() {
            let mut section = Section::new("Why not", &["reason"]);
            section.rows = self.reasons.iter().map(|reason| vec![reason.clone()]).collect();
            sections.push(section);
        }
        sections.push(Section {
            sentences: self.reservations.clone(),
            ..Section::new("What this does not say", &[])
        });
        sections.push(self.claim_section());
        sections.push(self.requirement_section());
        sections.push(self.case_section());
        sections.push(self.limit_section());
        sections.push(self.bench_section());
        Sheet {
            kicker: "Certificate of conformance".to_owned(),
            title: self.device.name.clone(),
            word: word.to_owned(),
            tone,
            statement,
            facts: self.facts(),
            sections,
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let made = &self.circumstances;
        let mut facts: Vec<(&str, String)> = Vec::new();
        facts.push((
            "Firmware",
            self.device.version.clone().unwrap_or_else(|| "told no version".to_owned()),
        ));
        let sums = self.device.firmware.iter().map(|(file, sum)| format!("{file} {sum}"));
        let sums: Vec<_> = sums.collect();
        if !sums.is_empty() {
            facts.push(("SHA-256 of firmware", sums.join("; ")));
        }
        facts.push(("Made on", made.made.clone()));
        let order = match self.run.order {
            Order::File => "in the order of the suite".to_owned(),
            Order::Shuffled(seed) => format!("shuffled with order seed {seed}"),
        };
        let rounds = self.run.repeats.at_most();
        facts.push((
            "Run",
            format!("{}, {rounds} rounds, {order}, seed {}", self.run.id, self.run.seed),
        ));
        facts.push(("Rig", format!("{}, tier {}", made.rig, self.run.tier)));
        facts.push(("Clean state", made.clean_state.clone()));
        facts.push((
            "Harness",
            format!("ringtrue {}, SHA-256 {}", made.ringtrue, made.harness_sha256),
        ));
        facts.push(("Suite", format!("SHA-256 {}", made.suite_sha256)));
        facts.push(("Profile", format!("SHA-256 {}", made.profile_sha256)));
        facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn claim_section(&self) -> Section {
        let mut section = Section::new(
            "What the device claims",
            &["claim", "profile", "behaviour", "cases", "against it"],
        );
        section.rows = self.claims.iter().map(claim_row).collect();
        section.sentences = self.unclaimed.iter().map(|it| format!("Noted: {it}.")).collect();
        section
    }

    fn requirement_section(&self) -> Section {
        let mut section = Section::new("Mandatory requirements", &["requirement", "stands", "why"]);
        let met = self.requirements.iter().filter(|it| it.stands == Stands::Met).count();
        section.sentences.push(format!("{met} of {} are met.", self.requirements.len()));
        section.rows = self
            .requirements
            .iter()
            .map(|it| vec![it.id.to_string(), it.stands.words().to_owned(), it.why.clone()])
            .collect();
        section
    }

    fn case_section(&self) -> Section {
        let mut section = Section::new("Cases", &["case", "runs", "came to"]);
        section.rows = self
            .cases
            .iter()
            .map(|case| vec![case.execution.clone(), case.runs.to_string(), case.came_to.clone()])
            .collect();
        section
    }

    fn limit_section(&self) -> Section {
        let mut section = Section::new(
            "Limits",
            &["figure", "case", "requirement", "measured", "limit", "verdict"],
        );
        section.sentences.push(self.guard_band.to_owned());
        section
            .sentences
            .push("Of the runs of a case, the one nearest to its limit is shown.".to_owned());
        section.rows = self
            .limits
            .iter()
            .map(|line| {
                let margin = &line.margin;
                let show = |value: f64| {
                    crate::check::measure::Measured {
                        value,
                        uncertainty: 0.0,
                        unit: margin.measured.unit,
                    }
                    .to_string()
                };
                let limit = match (margin.low(), margin.high()) {
                    (Some(low), Some(high)) => format!("{} to {}", show(low), show(high)),
                    (Some(low), None) => format!("from {}", show(low)),
                    (None, Some(high)) => format!("up to {}", show(high)),
                    (None, None) => String::new(),
                };
                vec![
                    margin.figure.clone(),
                    line.case.clone(),
                    line.requirement.to_string(),
                    margin.measured.to_string(),
                    limit,
                    line.verdict.to_string(),
                ]
            })
            .collect();
        section
    }

    fn bench_section(&self) -> Section {
        let mut section =
            Section::new("The bench", &["instrument", "calibrated", "due", "shown by"]);
        let spread = |name: &str, spread: Option<Spread>| {
            let us = |nanos: i64| nanos / 1_000;
            spread.map(|it| {
                format!(
                    "{name}: median {} µs, 99 % within {} µs, largest {} µs, of {}.",
                    us(it.p50),
                    us(it.p99),
                    us(it.max),
                    it.count
                )
            })
        };
        section
            .sentences
            .extend(spread("Error of sending, measured in the run", self.calibration.pacing));
        section
            .sentences
            .extend(spread("Error of stamping, measured in the run", self.calibration.stamping));
        section.rows = self
            .circumstances
            .instruments
            .iter()
            .map(|it| {
                let shown = it.certificate.clone().unwrap_or_default();
                vec![it.instrument.clone(), it.calibrated.clone(), it.due.clone(), shown]
            })
            .collect();
        section
    }
}

fn claim_row(claim: &Claimed) -> Vec<String> {
    let mandatory = if claim.mandatory { "mandatory" } else { "" };
    vec![
        claim.name.clone(),
        mandatory.to_owned(),
        claim.stands.words().to_owned(),
        claim.cases.to_string(),
        claim.against.join(", "),
    ]
}

impl Stands {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
            Self::NotClaimed => "not claimed",
            Self::NoCase => "no case tests it",
            Self::NotRun => "its cases did not run",
        }
    }
}
