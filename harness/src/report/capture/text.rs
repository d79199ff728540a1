//! What a capture shows, on a terminal.

use super::ladder;
use crate::analysis::control::{Extended, Port};
use crate::analysis::dialog::Outcome;
use crate::analysis::{Analysis, Control, Dialog, Stream};
use crate::evidence::console::printable;
use crate::report::civil::utc;
use crate::report::ladder::Row;
use crate::report::text::draw;
use crate::time::Tick;
use std::fmt::Write as _;
use std::time::Duration;

/// Everything, in short: what there is, dialogs, streams, digits.
pub fn render(analysis: &Analysis) -> String {
    let mut text = String::new();
    let tally = &analysis.tally;
    let span = analysis.ended.since(analysis.began).as_secs_f64();
    let began = utc(analysis.began.as_nanos());
    let rtp: usize = analysis.streams.iter().map(|stream| stream.loss.received).sum();
    line(
        &mut text,
        &format!(
            "{} frames from {began}, {span:.3} s: {} SIP, {rtp} RTP, {} RTCP",
            tally.frames, tally.sip, tally.rtcp
        ),
    );
    for remark in super::remarks(analysis) {
        line(&mut text, &format!("note: {remark}"));
    }
    dialogs(&mut text, analysis);
    streams(&mut text, analysis);
    digits(&mut text, analysis);
    text
}

/// One dialog: its ladder, and every message whole.
pub fn dialog(analysis: &Analysis, place: usize, dialog: &Dialog) -> String {
    let ladder = ladder::of(analysis, place, dialog);
    let mut text = format!("dialog {}: {}\n\n", place + 1, printable(&dialog.call_id));
    text += &draw(&ladder, analysis.began, repeated);
    for message in &dialog.messages {
        let at = ms(message.at.since(analysis.began));
        line(&mut text, "");
        line(
            &mut text,
            &format!(
                "{at} ms, frame {}: {} to {} over {}",
                message.frame,
                message.from,
                message.to,
                message.transport.in_via()
            ),
        );
        for defect in message.message.defects() {
            line(&mut text, &format!("  defect: {}", printable(&defect.text)));
        }
        for each in String::from_utf8_lossy(message.message.bytes()).lines() {
            line(&mut text, &format!("  {}", printable(each)));
        }
    }
    text
}

/// What is to be said beside a row that repeats one before it.
pub(super) fn repeated(row: &Row) -> String {
    match row.repeats {
        0 => String::new(),
        repeats => format!("  (retransmission {repeats})"),
    }
}

/// The dialogs, one a line.
pub fn dialogs(text: &mut String, analysis: &Analysis) {
    if analysis.dialogs.is_empty() {
        return;
    }
    line(text, "");
    line(text, "dialog   at ms       method    from → to");
    for (place, dialog) in analysis.dialogs.iter().enumerate() {
        let at = ms(dialog.began().since(analysis.began));
        let parties = format!("{} → {}", printable(&dialog.from), printable(&dialog.to));
        let method = printable(&dialog.method);
        line(text, &format!("{:>6}  {at:>10}  {method:<8}  {parties}", place + 1));
        line(text, &format!("{:>28}{}", "", outcome(dialog)));
    }
}

/// How a dialog went, as a sentence.
pub fn outcome(dialog: &Dialog) -> String {
    let Outcome { ringing, answered, status, talked, released } = dialog.outcome();
    let mut parts = Vec::new();
    if let Some(ringing) = ringing {
        parts.push(format!("rings after {} ms", ms(ringing)));
    }
    match (status, answered) {
        (Some((status, reason)), Some(after)) => {
            parts.push(format!("{status} {} after {} ms", printable(&reason), ms(after)));
        }
        (Some((status, reason)), None) => parts.push(format!("{status} {}", printable(&reason))),
        (None, _) => parts.push("no final response".to_owned()),
    }
    if let Some(talked) = talked {
        parts.push(format!("BYE after {:.3} s", talked.as_secs_f64()));
    }
    if let Some(released) = released {
        parts.push(format!("released after {} ms", ms(released)));
    }
    let again = dialog.messages.iter().filter(|message| message.repeats > 0).count();
    if again > 0 {
        parts.push(format!("{again} retransmissions"));
    }
    parts.join(", ")
}

fn streams(text: &mut String, analysis: &Analysis) {
    if analysis.streams.is_empty() {
        return;
    }
    line(text, "");
    line(
        text,
        "stream  dialog  ssrc        from → to                                        encoding      packets     lost      %   \
         jitter ms mean/max    delta ms p50/p99/max        skew ppm    MOS",
    );
    for (place, stream) in analysis.streams.iter().enumerate() {
        line(text, &row(place, stream));
        if let Some(control) = &stream.control {
            line(text, &format!("{:>16}{}", "", said(stream, control)));
        }
    }
    if analysis.streams.iter().any(|stream| stream.quality.is_some()) {
        line(text, "");
        line(text, ABOUT_MOS);
    }
}

/// What extended reports say of it: what they give as not known is left out.
fn extended(said: &Extended) -> Option<String> {
    let mut parts = Vec::new();
    let (count, lost, duplicates) = said.summaries;
    if count > 0 {
        parts.push(format!("{count} summaries, {lost} lost, {duplicates} duplicates"));
    }
    if let Some(voip) = said.voip {
        let percent = |rate: u8| f64::from(rate) / 2.56;
        let (lost, discarded) = (percent(voip.loss_rate), percent(voip.discard_rate));
        parts.push(format!("{lost:.1} % lost, {discarded:.1} % discarded"));
        let delays = [("round trip", voip.round_trip), ("jitter buffer", voip.buffer_nominal)];
        let known = delays.into_iter().filter(|(_, ms)| *ms != 0);
        parts.extend(known.map(|(name, ms)| format!("{name} {ms} ms")));
        if voip.r_factor != 127 {
            parts.push(format!("R {}", voip.r_factor));
        }
        let [listening, _] = voip.mos;
        if listening != 127 {
            parts.push(format!("MOS-LQ {:.1}", f64::from(listening) / 10.0));
        }
    }
    (!parts.is_empty()).then(|| format!("XR: {}", parts.join(", ")))
}

/// What RTCP says of a stream.
pub(super) fn said(stream: &Stream, control: &Control) -> String {
    let mut parts = Vec::new();
    if let Some(sent) = control.sent {
        let reports = control.sender_reports;
        parts.push(format!("sender, {reports} reports: {} packets sent", sent.packets));
    }
    if let Some(heard) = control.heard {
        let worst = f64::from(heard.worst_fraction) / 2.56;
        let mut part = format!(
            "receiver, {} reports: {} lost, at worst {worst:.1} %",
            heard.blocks, heard.last.cumulative_lost
        );
        if let Some(rate) = stream.clock_rate() {
            let jitter = |ticks: u32| f64::from(ticks) / f64::from(rate) * 1e3;
            let (last, most) = (jitter(heard.last.jitter), jitter(heard.most_jitter));
            let _ = write!(part, ", jitter {last:.3} ms, at most {most:.3}");
        }
        if let Some(trip) = heard.round_trip {
            let _ = write!(part, ", {:.3} ms from here and back", trip.value * 1e3);
        }
        parts.push(part);
    }
    parts.extend(control.extended.and_then(|it| extended(&it)));
    if let Port::Media(agreement) = control.port {
        parts.push(format!("on the port of media, rtcp-mux {}", agreement.word()));
    }
    parts.extend(control.bye.map(|_| "goodbye".to_owned()));
    parts.extend(control.cname.as_ref().map(|name| printable(name)));
    format!("RTCP: {}", parts.join("; "))
}

fn row(place: usize, stream: &Stream) -> String {
    let dialog = stream.dialog.map_or_else(|| "-".to_owned(), |place| (place + 1).to_string());
    let way = format!("{} → {}", stream.from, stream.to);
    let loss = stream.loss;
    let share = loss.ratio().value * 1e2;
    let ssrc = format!("{:#010x}", stream.ssrc);
    let mut row = format!(
        "{:>6}  {dialog:>6}  {ssrc}  {way:<47}  {:<12} {:>8} {:>8} {share:>6.2}",
        place + 1,
        printable(&stream.encoding()),
        loss.received,
        loss.lost,
    );
    if let Some(jitter) = &stream.jitter {
        let of = format!("{:.3}/{:.3}", jitter.mean.value * 1e3, jitter.max.value * 1e3);
        let _ = write!(row, "   {of:>19}");
    }
    if let Some(arrivals) = &stream.arrivals {
        let [p50, p99, max] = [arrivals.p50, arrivals.p99, arrivals.max].map(|it| it.value * 1e3);
        let of = format!("{p50:.3}/{p99:.3}/{max:.3}");
        let _ = write!(row, "    {of:>23}");
    }
    if let Some(skew) = stream.skew {
        let _ = write!(row, "   {:>9.1}", skew.value * 1e6);
    }
    if let Some(quality) = stream.quality {
        let pad = if stream.skew.is_none() { 12 } else { 0 };
        let _ = write!(row, "{:pad$}   {:>4.2}", "", quality.mos);
    }
    for (count, what) in [(loss.duplicates, "duplicates"), (loss.reordered, "reordered")] {
        if count > 0 {
            let _ = write!(row, ", {count} {what}");
        }
    }
    if let Some((profile, opened)) = &stream.encrypted {
        let _ = write!(row, ", encrypted ({}), {opened} opened", printable(profile));
    }
    row
}

fn digits(text: &mut String, analysis: &Analysis) {
    if analysis.digits.is_empty() {
        return;
    }
    line(text, "");
    line(text, "digit      at ms  lasts ms  sent as");
    for digit in &analysis.digits {
        let at = ms(digit.at.since(analysis.began));
        let lasts =
            digit.duration.map_or_else(|| "-".to_owned(), |it| format!("{:.1}", it.value * 1e3));
        let (name, way) = (printable(&digit.name), digit.way.name());
        line(
            text,
            &format!(
                "{name:>5} {at:>10} {lasts:>9}  {way}, {} → {}: {}",
                digit.from, digit.to, digit.detail
            ),
        );
    }
}

fn ms(span: Duration) -> String {
    crate::report::ladder::millis(span)
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// What a MOS here is.
pub(super) const ABOUT_MOS: &str = "MOS is an estimate by the E-model (ITU-T G.107) from codec and loss, \
    without the delay; nobody listened.";

/// Seconds of an instant since the capture began.
pub fn since(analysis: &Analysis, at: Tick) -> f64 {
    at.since(analysis.began).as_secs_f64()
}
