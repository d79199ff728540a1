//! What a capture shows, as a page that needs nothing beside it.

use super::{ladder, remarks, text};
use crate::analysis::{Analysis, Dialog, Stream};
use crate::check::measure::Measured;
use crate::evidence::console::printable;
use crate::report::civil::utc;
use crate::report::sheet::{Section, Sheet};
use crate::report::text::draw;
use crate::verdict::Verdict;

/// The page of a capture with this name.
///
/// # Errors
///
/// Never in practice; those of the template are passed on.
pub fn render(analysis: &Analysis, name: &str) -> askama::Result<String> {
    sheet(analysis, name).html()
}

fn sheet(analysis: &Analysis, name: &str) -> Sheet {
    let tally = &analysis.tally;
    let (dialogs, streams) = (analysis.dialogs.len(), analysis.streams.len());
    let whole = analysis.damage.is_none();
    let rtp: usize = analysis.streams.iter().map(|stream| stream.loss.received).sum();
    let span = analysis.ended.since(analysis.began).as_secs_f64();
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut sections = Vec::new();
    let remarks = remarks(analysis);
    if !remarks.is_empty() {
        sections.push(Section { sentences: remarks, ..Section::new("To be known of it", &[]) });
    }
    let parts =
        [self::dialogs(analysis), self::streams(analysis), reports(analysis), digits(analysis)];
    sections.extend(parts.into_iter().filter(|section| !section.rows.is_empty()));
    sections.extend(
        analysis.dialogs.iter().enumerate().take(MOST_LADDERS).map(|it| drawn(analysis, it)),
    );
    Sheet {
        kicker: "Analysis of a capture".to_owned(),
        title: printable(name),
        word: if whole { "whole" } else { "damaged" }.to_owned(),
        tone: if whole { Verdict::None } else { Verdict::Inconclusive },
        statement: format!(
            "Dialogs: {dialogs}. RTP streams: {streams}. Digits: {}.",
            analysis.digits.len()
        ),
        facts: vec![
            fact("began", utc(analysis.began.as_nanos())),
            fact("lasted", format!("{span:.3}\u{a0}s")),
            fact(
                "frames",
                format!("{}: {} SIP, {rtp} RTP, {} RTCP", tally.frames, tally.sip, tally.rtcp),
            ),
        ],
        sections,
    }
}

fn dialogs(analysis: &Analysis) -> Section {
    let columns = ["", "at", "method", "from", "to", "how it went"];
    let mut section = Section::new("Dialogs", &columns);
    let row = |(place, dialog): (usize, &Dialog)| {
        vec![
            (place + 1).to_string(),
            format!("{:.3}\u{a0}s", text::since(analysis, dialog.began())),
            printable(&dialog.method),
            printable(&dialog.from),
            printable(&dialog.to),
            text::outcome(dialog),
        ]
    };
    section.rows = analysis.dialogs.iter().enumerate().map(row).collect();
    section
}

fn streams(analysis: &Analysis) -> Section {
    let columns = [
        "",
        "dialog",
        "SSRC",
        "from",
        "to",
        "encoding",
        "packets",
        "lost",
        "longest burst",
        "copies",
        "out of order",
        "jitter ms, mean/max",
        "between packets ms, p50/p99/max",
        "skew ppm",
        "MOS",
    ];
    let mut section = Section::new("RTP streams", &columns);
    let row = |(place, stream): (usize, &Stream)| {
        let ms = |it: Measured| it.value * 1e3;
        let absent = || "–".to_owned();
        let (loss, share) = (stream.loss, stream.loss.ratio().value * 1e2);
        let jitter = stream.jitter.as_ref();
        let arrivals = stream.arrivals.as_ref();
        vec![
            (place + 1).to_string(),
            stream.dialog.map_or_else(absent, |place| (place + 1).to_string()),
            format!("{:#010x}", stream.ssrc),
            stream.from.to_string(),
            stream.to.to_string(),
            printable(&stream.encoding()),
            loss.received.to_string(),
            format!("{} ({share:.2}\u{a0}%)", loss.lost),
            loss.longest_burst.to_string(),
            loss.duplicates.to_string(),
            loss.reordered.to_string(),
            jitter.map_or_else(absent, |it| format!("{:.3} / {:.3}", ms(it.mean), ms(it.max))),
            arrivals.map_or_else(absent, |it| {
                format!("{:.3} / {:.3} / {:.3}", ms(it.p50), ms(it.p99), ms(it.max))
            }),
            stream.skew.map_or_else(absent, |it| {
                format!("{:.1} ± {:.1}", it.value * 1e6, it.uncertainty * 1e6)
            }),
            stream.quality.map_or_else(absent, |it| format!("{:.2}", it.mos)),
        ]
    };
    section.rows = analysis.streams.iter().enumerate().map(row).collect();
    section.sentences = vec![text::ABOUT_MOS.to_owned()];
    section
}

fn reports(analysis: &Analysis) -> Section {
    let mut section = Section::new("RTCP", &["stream", "what both ends say of it"]);
    let told = analysis.streams.iter().enumerate();
    let rows = told.filter_map(|(place, stream)| {
        let control = stream.control.as_ref()?;
        Some(vec![(place + 1).to_string(), text::said(stream, control)])
    });
    section.rows = rows.collect();
    section
}

fn digits(analysis: &Analysis) -> Section {
    let columns = ["digit", "at", "lasts ms", "sent as", "from", "to", ""];
    let mut section = Section::new("Digits", &columns);
    let rows = analysis.digits.iter().map(|digit| {
        let lasts = digit.duration.map_or_else(
            || "–".to_owned(),
            |it| format!("{:.1} ± {:.1}", it.value * 1e3, it.uncertainty * 1e3),
        );
        vec![
            printable(&digit.name),
            format!("{:.3}\u{a0}s", text::since(analysis, digit.at)),
            lasts,
            digit.way.name().to_owned(),
            digit.from.to_string(),
            digit.to.to_string(),
            digit.detail.clone(),
        ]
    });
    section.rows = rows.collect();
    section
}

/// The ladder of a dialog.
fn drawn(analysis: &Analysis, (place, dialog): (usize, &Dialog)) -> Section {
    let ladder = ladder::of(analysis, place, dialog);
    let title = format!("Dialog {}: {}", place + 1, printable(&dialog.call_id));
    let drawn = draw(&ladder, analysis.began, text::repeated);
    Section { drawn, ..Section::new(title, &[]) }
}

/// Of more dialogs than these, only the first have a ladder on the page.
const MOST_LADDERS: usize = 200;
