//! When a digit that was played was told, and what it moved: digit → console, relay.

use super::JudgedCase;
use crate::check::measure::{Arrival, Audio, Event, Measured, Stream, seconds};
use crate::dut::event::EventKind;
use crate::evidence::formats::Formats;
use crate::evidence::plain::Plain;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::timeline::{Entry, Seen};
use crate::scenario::program::{Flow, Manner, MediaLine, Signal, Step, StepKind};
use crate::signal::dtmf;
use crate::time::Tick;
use crate::wire::dtmf_body::Pressed;
use crate::wire::sip::Message;
use std::time::Duration;

/// One digit that a role played, and the events that steps after it waited for.
#[derive(Clone, Debug)]
pub(super) struct DigitTiming {
    /// Its name: `5`.
    pub(super) digit: char,
    /// When its first packet was sent, or its tones began.
    pub(super) start: Tick,
    /// When the first packet was sent that says that it is over, or its tones ended.
    pub(super) end: Tick,
    /// How far its beginning and end may be off, beside the stamps.
    edge: Duration,
    /// What the device told after it; at least one.
    pub(super) told: Vec<Told>,
}

/// An event that the device told on its control face.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// What: `relay-open`.
    pub(super) what: String,
    /// How long after the beginning of the digit.
    pub(super) after_start: Measured,
    /// How long after its end; negative if before.
    pub(super) after_end: Measured,
}

impl DigitTiming {
    const fn new(digit: char, start: Tick, end: Tick, edge: Duration) -> Self {
        Self { digit, start, end, edge, told: Vec::new() }
    }

    /// Every digit after which a step waited for an event and met it.
    pub(super) fn all(case: &JudgedCase) -> Vec<Self> {
        let mut steps = Vec::new();
        flatten(&case.program.steps, &mut steps);
        let mut found: Vec<Self> = Vec::new();
        for step in steps {
            if let StepKind::Media(lines) = &step.kind {
                for line in lines {
                    found.extend(Self::played(case, line));
                }
            }
            if let StepKind::AwaitEvent { kind, detail, .. } = &step.kind
                && let Some((_, Some(by))) = case.timeline.met(step.id)
            {
                add(case, &mut found, by, *kind, detail.as_deref());
            }
        }
        found.retain(|digit| !digit.told.is_empty());
        found
    }

    /// The digits of a line, read off what was sent while it lasted.
    fn played(case: &JudgedCase, line: &MediaLine) -> Vec<Self> {
        let Flow::Play { signal: Signal::Digits(dialled), .. } = &line.flow else {
            return Vec::new();
        };
        let span = case.timeline.reached(line.id).zip(case.timeline.met(line.id));
        let Some((reached, (met, _))) = span else { return Vec::new() };
        let point = match dialled.manner {
            Manner::Info(_) => RolePoint::Sip,
            Manner::Rtp(_) | Manner::Inband { .. } => RolePoint::Rtp,
        };
        let pco = Pco::of_role(line.role.0, point);
        let inside = |entry: &&Entry| {
            entry.pco == pco && reached.at <= entry.at && entry.at <= met.at + AFTERGLOW
        };
        let plain = Plain::of(&case.timeline);
        let sent = case.timeline.entries().iter().filter(inside).filter_map(|entry| {
            let Seen::Sent(datagram) = &entry.seen else { return None };
            let bytes = plain.packet(entry.seq, &datagram.bytes)?;
            Some(Arrival { at: entry.at, bytes })
        });
        let sent: Vec<Arrival<'_>> = sent.collect();
        let mut digits = match dialled.manner {
            Manner::Rtp(_) => of_events(&sent),
            Manner::Info(_) => of_infos(&sent),
            Manner::Inband { .. } => of_tones(&sent, &Formats::of(&case.timeline), pco),
        };
        digits.sort_by_key(|digit| digit.start);
        digits
    }
}

fn of_events(sent: &[Arrival<'_>]) -> Vec<DigitTiming> {
    let mut digits = Vec::new();
    for stream in Stream::group(sent) {
        for payload_type in stream.payload_types().into_iter().filter(|one| *one >= DYNAMIC) {
            let Some(part) = stream.of_payload_types(|one| one == payload_type) else {
                continue;
            };
            digits.extend(Event::of(&part, CLOCK_RATE).iter().filter_map(|event| {
                let (digit, end) = (event.digit()?.name(), event.end.unwrap_or(event.start));
                Some(DigitTiming::new(digit, event.start, end, Duration::ZERO))
            }));
        }
    }
    digits
}

/// A request that is sent again is the same digit.
fn of_infos(sent: &[Arrival<'_>]) -> Vec<DigitTiming> {
    let mut seen = Vec::new();
    let digits = sent.iter().filter_map(|arrival| {
        let message = Message::read(arrival.bytes);
        let digit = Pressed::read(&message)?.digit;
        let which = message.cseq();
        let again = seen.contains(&which);
        seen.push(which);
        (!again).then(|| DigitTiming::new(digit, arrival.at, arrival.at, Duration::ZERO))
    });
    digits.collect()
}

/// Tones begin and end where a detector finds it, which is good to what it says.
fn of_tones(sent: &[Arrival<'_>], formats: &Formats, pco: Pco) -> Vec<DigitTiming> {
    let mut digits = Vec::new();
    for stream in Stream::group(sent) {
        let audio = stream.audio(formats, pco);
        let audio = audio.and_then(|(stream, codec)| Audio::of(&stream, codec));
        let Some(audio) = audio else { continue };
        let rate = f64::from(audio.codec.sample_rate());
        let at = |sample: f64| audio.start + Duration::from_secs_f64((sample / rate).max(0.0));
        digits.extend(dtmf::detect(&audio.samples, audio.codec).into_iter().map(|heard| {
            let (start, length) = (heard.start.value, heard.length.value);
            let edge = Duration::from_secs_f64(heard.start.uncertainty / rate);
            DigitTiming::new(heard.digit.name(), at(start), at(start + length), edge)
        }));
    }
    digits
}

/// Gives an event to the digit that it tells of, or to the last that had begun.
fn add(
    case: &JudgedCase,
    digits: &mut [DigitTiming],
    by: &Entry,
    kind: EventKind,
    detail: Option<&str>,
) {
    let mut begun = digits.iter_mut().rev().filter(|digit| digit.start <= by.at);
    let digit = match (kind, detail) {
        (EventKind::Digit, Some(detail)) => begun.find(|digit| {
            let is_told = digit.told.iter().any(|told| told.what.starts_with("digit "));
            !is_told && detail.chars().eq([digit.digit])
        }),
        _ => begun.next(),
    };
    let Some(digit) = digit else { return };
    let points = case.record.points.iter();
    let control = points.clone().find(|point| point.pco == by.pco);
    let rtp = points.filter(|point| point.pco.role().is_some());
    let rtp = rtp.map(|point| point.uncertainty).max().unwrap_or_default();
    let both = digit.edge + rtp + control.map_or(Duration::ZERO, |point| point.uncertainty);
    let after = |from: Tick| {
        let uncertainty = both + case.stalled(from.min(by.at), from.max(by.at));
        let uncertainty = uncertainty.as_secs_f64();
        Measured { uncertainty, ..Measured::between(seconds(from, by.at), Duration::ZERO) }
    };
    let what = [Some(kind.word()), detail].into_iter().flatten().collect::<Vec<_>>().join(" ");
    digit.told.push(Told { what, after_start: after(digit.start), after_end: after(digit.end) });
}

fn flatten<'a>(steps: impl IntoIterator<Item = &'a Step>, all: &mut Vec<&'a Step>) {
    for step in steps {
        all.push(step);
        flatten(step.within(), all);
    }
}

/// How long after its step the end of a digit may still be sent.
const AFTERGLOW: Duration = Duration::from_millis(200);
/// The first dynamic payload type (RFC 3551 §3).
const DYNAMIC: u8 = 96;
/// That of telephone events beside audio of 8000 Hz, which all of ours is.
const CLOCK_RATE: u32 = 8_000;

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, span};
    use super::*;
    use crate::evidence::step::StepId;
    use crate::proto::digits::Events;
    use crate::scenario::program::{Dialled, Presence, RoleId};
    use crate::wire::rtp::Packet;

    /// Digit 5 from 1000 to 1100 ms.
    fn case(lines: &[(u64, EventKind, &str)]) -> JudgedCase {
        let packets = (0..8_u16).map(|n| {
            let end = if n < 5 { 0x0a } else { 0x8a };
            let event = [5, end, 0x03, 0x20];
            let at = span(1_000 + 20 * u64::from(n.min(5)) + u64::from(n.saturating_sub(5)));
            (at, Packet::new(101, n, 8_000, 1, &event).write(), true)
        });
        let (digits, manner) = ("5".to_owned(), Manner::Rtp(Events::default()));
        let dialled = Dialled { digits, tone: span(100), gap: span(50), manner };
        let signal = Signal::Digits(dialled);
        let flow = Flow::Play { signal, span: span(150) };
        let (id, text) = (StepId(1), String::new());
        let protection = crate::proto::media::shield::Protection::Agreed;
        let media = StepKind::Media(vec![MediaLine {
            id,
            text,
            line: 1,
            role: RoleId(0),
            flow,
            protection,
            shapes: Vec::new(),
        }]);
        let mut case = bare(media, 1, (span(990), span(1_150)), packets.collect());
        for ((at, kind, detail), id) in lines.iter().zip(5..) {
            let at = Tick::ZERO + span(*at);
            let line = Seen::Line(String::new());
            let by = case.timeline.record(at, Pco::CONTROL, line).seq;
            case.timeline.record(at, Pco::TEST, Seen::Met(StepId(id), Some(by)));
            let mut step = case.program.steps[0].clone();
            let detail = (!detail.is_empty()).then(|| (*detail).to_owned());
            let (wait, presence) = (span(1_000), Presence::Required);
            step.id = StepId(id);
            step.kind = StepKind::AwaitEvent { kind: *kind, detail, wait, presence };
            case.program.steps.push(step);
        }
        case
    }

    #[test]
    fn what_a_digit_moved_is_timed_from_its_packets() {
        let case = case(&[(1_030, EventKind::Digit, "5"), (1_123, EventKind::RelayOpen, "")]);
        let [digit] = &DigitTiming::all(&case)[..] else { panic!("one digit") };
        assert_eq!((digit.digit, digit.told.len()), ('5', 2));
        let told: Vec<String> = digit
            .told
            .iter()
            .map(|told| format!("{}: {}; {}", told.what, told.after_start, told.after_end))
            .collect();
        assert_eq!(
            told,
            [
                "digit 5: 30.00 ± 0.12 ms; -70.00 ± 0.12 ms",
                "relay-open: 123.00 ± 0.12 ms; 23.00 ± 0.12 ms"
            ]
        );
    }

    #[test]
    fn events_before_a_digit_or_of_another_are_not_its() {
        let other = case(&[(900, EventKind::RelayOpen, ""), (1_050, EventKind::Digit, "6")]);
        assert!(DigitTiming::all(&other).is_empty());
    }
}
