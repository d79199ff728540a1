//! The report as one HTML page that needs nothing beside it, least of all a network.

mod badge;
mod case;
mod row;
mod source;

use super::civil::utc;
use super::{Counts, Doubt, JudgedRun};
use crate::evidence::record::{Calibration, RunRecord, Spread};
use crate::requirement::Catalogue;
use askama::Template;
use badge::Badge;
use case::CaseView;

/// The page. Links lead to the evidence in the folder of the run, whose address relative to the page
/// is `evidence`: empty where the page lies in it, else with a slash at its end.
///
/// # Errors
///
/// Never in practice; those of the template are passed on.
pub fn render(
    run: &JudgedRun,
    catalogue: &Catalogue,
    evidence: &str,
) -> askama::Result<String> {
    let record = &run.record;
    let cases = run.cases.iter().enumerate();
    Page {
        id: &record.id,
        ringtrue: &record.ringtrue,
        device: &record.device.name,
        verdict: Badge::new(run.verdict()),
        counts: run.counts(),
        doubts: &run.doubts,
        facts: facts(record),
        cases: cases.map(|(index, case)| CaseView::new(index, case, catalogue, evidence)).collect(),
        left: [("Not applicable", &record.not_applicable), ("Not run", &record.not_run)]
            .into_iter()
            .filter(|(_, cases)| !cases.is_empty())
            .collect(),
    }
    .render()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    id: &'a str,
    ringtrue: &'a str,
    device: &'a str,
    verdict: Badge,
    counts: Counts,
    doubts: &'a [Doubt],
    facts: Vec<(String, String)>,
    cases: Vec<CaseView<'a>>,
    left: Vec<(&'static str, &'a Vec<(String, String)>)>,
}

/// What the head of the page says of the run.
fn facts(record: &RunRecord) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let device = &record.device;
    if let Some(version) = &device.version {
        fact("Firmware", version.clone());
    }
    for (file, sum) in &device.firmware {
        fact(&format!("SHA-256 of {file}"), sum.clone());
    }
    if !device.defects.is_empty() {
        fact("Seeded defects", device.defects.join(", "));
    }
    let tier = record.tier.name();
    fact(
        "Tier",
        match &record.fell_back {
            Some(why) => format!("{tier}, a lesser one than was asked for: {why}"),
            None => tier.to_owned(),
        },
    );
    fact("Run", format!("{}, begun {}", record.id, utc(record.started_unix_ns)));
    fact("Harness", format!("ringtrue {}, seed {}", record.ringtrue, record.seed));
    calibration(&record.calibration, &mut fact);
    facts
}

fn calibration(calibration: &Calibration, fact: &mut impl FnMut(&str, String)) {
    let scheduling = calibration.scheduling.as_ref();
    let scheduled = scheduling.map(|how| format!("; sender scheduled `{how}`"));
    if let Some(spread) = calibration.pacing {
        fact("Pacing error", self::spread(spread) + &scheduled.unwrap_or_default());
    }
    if let Some(spread) = calibration.stamping {
        fact("Stamping error", self::spread(spread));
    }
    if calibration.pacing.is_none() && calibration.stamping.is_none() {
        fact("Calibration", "none: virtual time has no error, or none was measured".to_owned());
    }
}

fn spread(spread: Spread) -> String {
    #[expect(clippy::cast_precision_loss, reason = "errors of a bench are far below 2^52 ns")]
    let ms = |nanos: i64| nanos as f64 / 1e6;
    format!(
        "median {:.3} ms, 99 % within {:.3} ms, largest {:.3} ms, of {} measured in this run",
        ms(spread.p50),
        ms(spread.p99),
        ms(spread.max),
        spread.count
    )
}
