//! What the harness itself got wrong in the run, beside the device's figures.

use crate::evidence::record::Spread;
use crate::evidence::timeline::Seen;
use crate::report::JudgedRun;
use crate::report::stream::Stream;
use std::time::Duration;

/// The section of the page.
pub(super) struct BenchView {
    /// Sentences on the tier, the scheduling and the stalls.
    pub(super) said: Vec<String>,
    pub(super) rows: Vec<ErrorView>,
}

/// One row of figures.
pub(super) struct ErrorView {
    pub(super) what: String,
    /// Whether it is the device's.
    pub(super) is_device: bool,
    pub(super) count: u64,
    pub(super) p50: String,
    pub(super) p99: String,
    pub(super) p999: String,
    pub(super) max: String,
}

impl BenchView {
    pub(super) fn new(run: &JudgedRun) -> Self {
        let calibration = &run.record.calibration;
        let own = [
            ("Harness: pacing, sent later than due", calibration.pacing),
            ("Harness: media of the cases, sent later than due", calibration.sending),
            ("Harness: stamping, stamped later than passed", calibration.stamping),
        ];
        let mut rows: Vec<ErrorView> = own
            .into_iter()
            .filter_map(|(what, spread)| Some(ErrorView::own(what, spread?)))
            .collect();
        let mut said = said(run);
        if rows.is_empty() {
            said.push("No error was measured: virtual time has none.".to_owned());
        }
        for case in &run.cases {
            let streams = Stream::received(case);
            rows.extend(streams.iter().map(|it| ErrorView::device(&case.record.label(), it)));
        }
        Self { said, rows }
    }
}

impl ErrorView {
    fn own(what: &str, spread: Spread) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "errors of a bench are far below 2^52 ns")]
        let ms = |nanos: i64| format!("{:.3}", nanos as f64 / 1e6);
        Self {
            what: what.to_owned(),
            is_device: false,
            count: spread.count,
            p50: ms(spread.p50),
            p99: ms(spread.p99),
            p999: spread.p999.map(ms).unwrap_or_default(),
            max: ms(spread.max),
        }
    }

    fn device(case: &str, stream: &Stream) -> Self {
        let deviation = stream.deviation_ms;
        Self {
            what: format!("Device: {case}, {} 0x{:08X}", stream.point, stream.ssrc),
            is_device: true,
            count: u64::try_from(stream.arrivals.len()).unwrap_or(u64::MAX),
            p50: format!("{:.3}", deviation.p50),
            p99: format!("{:.3}", deviation.p99),
            p999: format!("{:.3}", deviation.p999),
            max: format!("{:.3}", deviation.max),
        }
    }
}

fn said(run: &JudgedRun) -> Vec<String> {
    let record = &run.record;
    let tier = record.tier.name();
    let mut said = vec![match &record.fell_back {
        Some(why) => format!("Tier {tier}, a lesser one than was asked for: {why}."),
        None => format!("Tier {tier}, as asked for."),
    }];
    if let Some(board) = &record.board {
        said.push(format!("The virtual board ran on {board}."));
    }
    if let Some(how) = &record.calibration.scheduling {
        said.push(format!("The sender of media was scheduled as “{how}”."));
    }
    let entries = run.cases.iter().flat_map(|case| case.timeline.entries());
    let stalls = entries.filter_map(|entry| {
        let Seen::Stall(span) = entry.seen else { return None };
        Some(span)
    });
    let stalls: Vec<Duration> = stalls.collect();
    if let Some(longest) = stalls.iter().max() {
        let (count, longest) = (stalls.len(), longest.as_secs_f64() * 1e3);
        let times = if count == 1 { "once" } else { &format!("{count} times") };
        said.push(format!(
            "The machine stood still {times} while cases ran, for up to {longest:.1} ms; figures then \
             measured have that much more uncertainty."
        ));
    }
    said
}
