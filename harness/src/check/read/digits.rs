//! Figures of digits that a role heard: as events, in INFO requests, as tones.

use super::window::{Way, Window};
use crate::check::expression::node::Reading;
use crate::check::figure::{Figure, Kind};
use crate::check::measure::{Audio, Event, Measured, Unit};
use crate::check::subject::SubjectKind;
use crate::check::value::{Read, Value};
use crate::check::view::View;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::step::StepId;
use crate::evidence::timeline::{Seen, Seq};
use crate::proto::digits::Method;
use crate::signal::dtmf::{self, Heard};
use crate::time::Tick;
use crate::wire::dtmf_body::Pressed;
use std::time::Duration;

/// A digit, however it came.
#[derive(Clone, Debug)]
struct Digit {
    name: char,
    start: Tick,
    /// When it was over; its start where that is not known.
    end: Tick,
    seq: Option<Seq>,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    /// An event, and ticks of its clock in a second.
    Event(Event, u32),
    Info(Pressed),
    /// Tones, and samples in a second.
    Tones(Heard, f64),
}

/// The figure, or `None` if it is not one of digits.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    if reading.figure.kinds() != [Kind::Digits] {
        return None;
    }
    let Some(window) = Window::of(reading.step, view) else {
        return Some(Read::unknown("the listening step was not carried out", []));
    };
    let method = match view.subject(reading.step)?.kind {
        SubjectKind::Digits(_, method) => method,
        _ => Method::Rtp,
    };
    let mut found = match method {
        Method::Rtp => events(window, view),
        Method::Info(_) => informed(window, view),
        Method::Inband => tones(window, view),
    };
    let from = told_since(reading.step, view).unwrap_or(window.from);
    found.retain(|digit| from <= digit.end && digit.start <= window.to);
    found.sort_by_key(|digit| digit.start);
    let evidence: Vec<_> =
        std::iter::once(window.start).chain(found.iter().filter_map(|it| it.seq)).collect();
    let stamp = view.uncertainty(Pco::of_role(window.role, RolePoint::Rtp));
    let value = match reading.figure {
        Figure::DigitsText => Some(Value::Text(found.iter().map(|digit| digit.name).collect())),
        Figure::DigitCount => Some(Value::count(found.len())),
        Figure::DigitSources => {
            let rtp = window.datagrams(RolePoint::Rtp, Way::Received, view);
            Some(Value::count(rtp.streams().len()))
        }
        figure => of_digits(figure, &found, stamp),
    };
    Some(match value {
        Some(value) => Read::of(value, evidence),
        None if found.is_empty() => Read::absent("no digit was heard", evidence),
        None => Read::unknown(
            format!("digits by `{}` do not tell {}", method.word(), reading.text),
            evidence,
        ),
    })
}

/// A figure over all digits.
fn of_digits(figure: Figure, found: &[Digit], stamp: Duration) -> Option<Value> {
    let measured = |of: fn(&Digit) -> Option<Measured>| {
        found.iter().map(of).collect::<Option<Vec<Measured>>>().unwrap_or_default()
    };
    let lowest = |all: Vec<Measured>| all.into_iter().min_by(|a, b| a.value.total_cmp(&b.value));
    let highest = |all: Vec<Measured>| all.into_iter().max_by(|a, b| a.value.total_cmp(&b.value));
    let events: Vec<&Event> = found.iter().filter_map(Digit::event).collect();
    let all = |is: fn(&Event) -> bool| {
        (!events.is_empty()).then(|| Value::Truth(events.iter().all(|event| is(event))))
    };
    match figure {
        Figure::DigitEndPackets => {
            events.iter().map(|event| event.end_packets).min().map(Value::count)
        }
        Figure::DigitTimestampConstant => all(|event| event.one_timestamp),
        Figure::DigitMarked => all(|event| event.marked),
        Figure::DigitDurationGrows => all(|event| event.grows),
        Figure::DigitReserved => {
            let any = events.iter().any(|event| event.reserved);
            (!events.is_empty()).then_some(Value::Truth(any))
        }
        Figure::DigitInterval => {
            let longest = events.iter().filter_map(|event| event.longest_gap).max()?;
            Some(Value::Measured(Measured::between(longest.as_secs_f64(), stamp)))
        }
        Figure::DigitVolume => {
            lowest(events.iter().map(|event| event.volume).collect()).map(Value::Measured)
        }
        Figure::DigitPause => {
            let pauses = found.iter().zip(found.iter().skip(1));
            let pauses = pauses.map(|(before, after)| after.pause_after(before));
            lowest(pauses.collect::<Option<Vec<_>>>()?).map(Value::Measured)
        }
        Figure::DigitDuration => lowest(measured(Digit::duration)).map(Value::Measured),
        Figure::DigitDurationMax => highest(measured(Digit::duration)).map(Value::Measured),
        Figure::DigitLevel => lowest(measured(Digit::level)).map(Value::Measured),
        Figure::DigitTwistMin => lowest(measured(Digit::twist)).map(Value::Measured),
        Figure::DigitTwistMax => highest(measured(Digit::twist)).map(Value::Measured),
        Figure::DigitFrequencyError => {
            highest(measured(Digit::frequency_error)).map(Value::Measured)
        }
        _ => None,
    }
}

impl Digit {
    const fn event(&self) -> Option<&Event> {
        match &self.how {
            How::Event(event, _) => Some(event),
            How::Info(_) | How::Tones(..) => None,
        }
    }

    const fn tones(&self) -> Option<&Heard> {
        match &self.how {
            How::Tones(heard, _) => Some(heard),
            How::Event(..) | How::Info(_) => None,
        }
    }

    fn duration(&self) -> Option<Measured> {
        match &self.how {
            How::Event(event, _) => Some(event.duration),
            How::Info(pressed) => {
                let (value, unit) = (pressed.duration?.as_secs_f64(), Unit::Seconds);
                Some(Measured { value, uncertainty: 0.000_5, unit })
            }
            How::Tones(heard, rate) => {
                Some(in_seconds(heard.length.value, heard.length.uncertainty, *rate))
            }
        }
    }

    /// How long nothing was, between an earlier digit and this.
    fn pause_after(&self, before: &Self) -> Option<Measured> {
        match (&before.how, &self.how) {
            (How::Event(before, rate), How::Event(after, _)) => {
                let rate = f64::from(*rate);
                let ticks = after.ticks.0 - before.ticks.1;
                let ticks = f64::from(i32::try_from(ticks).ok()?);
                Some(in_seconds(ticks, 1.0, rate))
            }
            (How::Tones(before, rate), How::Tones(after, _)) => {
                let end = before.start.value + before.length.value;
                let uncertainty = after.start.uncertainty + before.start.uncertainty;
                Some(in_seconds(after.start.value - end, uncertainty, *rate))
            }
            _ => None,
        }
    }

    /// The level of its weaker tone.
    fn level(&self) -> Option<Measured> {
        let tones = self.tones()?;
        let value = tones.low.level.0.min(tones.high.level.0);
        Some(Measured { value, uncertainty: LEVEL, unit: Unit::Dbm0 })
    }

    fn twist(&self) -> Option<Measured> {
        let value = self.tones()?.twist();
        Some(Measured { value, uncertainty: LEVEL, unit: Unit::Decibel })
    }

    fn frequency_error(&self) -> Option<Measured> {
        let value = self.tones()?.offset().abs();
        Some(Measured { value, uncertainty: OFFSET, unit: Unit::Ratio })
    }
}

fn in_seconds(value: f64, uncertainty: f64, rate: f64) -> Measured {
    Measured { value: value / rate, uncertainty: uncertainty / rate, unit: Unit::Seconds }
}

/// The digits that came as events.
fn events(window: Window, view: &View<'_>) -> Vec<Digit> {
    // From the beginning, so that the end of a digit before the step is not taken for one in it;
    // and a little longer, because the end of an event is sent three times (RFC 4733 §2.5.1.4).
    let whole = window.since_the_beginning().and(AFTERGLOW);
    let rtp = whole.datagrams(RolePoint::Rtp, Way::Received, view);
    let mut found = Vec::new();
    for stream in rtp.streams() {
        for payload_type in stream.payload_types() {
            let Some(codec) = window.codec(payload_type, view) else { continue };
            let part = stream.of_payload_types(|it| it == payload_type);
            let Some(part) = part.filter(|_| codec.is("telephone-event")) else { continue };
            found.extend(Event::of(&part, codec.clock_rate).into_iter().filter_map(|event| {
                let (start, seq) = (event.start, rtp.seq(event.index));
                let (name, end) = (event.digit()?.name(), event.end.unwrap_or(start));
                Some(Digit { name, start, end, seq, how: How::Event(event, codec.clock_rate) })
            }));
        }
    }
    found
}

/// The digits that came in INFO requests, each as often as the request was new.
fn informed(window: Window, view: &View<'_>) -> Vec<Digit> {
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for (entry, message) in view.signalling(window.role) {
        if !matches!(entry.seen, Seen::Received(_)) {
            continue;
        }
        let Some(pressed) = Pressed::read(message) else { continue };
        let which = (message.call_id().map(str::to_owned), message.cseq());
        if seen.contains(&which) {
            continue;
        }
        seen.push(which);
        let (name, at, seq) = (pressed.digit, entry.at, Some(entry.seq));
        found.push(Digit { name, start: at, end: at, seq, how: How::Info(pressed) });
    }
    found
}

/// The digits that were heard as tones.
fn tones(window: Window, view: &View<'_>) -> Vec<Digit> {
    let whole = window.since_the_beginning().and(AFTERGLOW);
    let rtp = whole.datagrams(RolePoint::Rtp, Way::Received, view);
    let mut found = Vec::new();
    let parts = rtp.streams().into_iter().flat_map(|stream| {
        // A device may change its codec within a stream.
        let types = stream.payload_types().into_iter();
        let part = |it| stream.of_payload_types(|payload_type| payload_type == it).map(|p| (it, p));
        types.filter_map(part).collect::<Vec<_>>()
    });
    for (payload_type, part) in parts {
        let codec = window.codec(payload_type, view).and_then(|it| it.to_string().parse().ok());
        let audio = codec.and_then(|codec| Audio::of(&part, codec));
        let Some(audio) = audio else { continue };
        let rate = f64::from(audio.codec.sample_rate());
        let at = |sample: f64| audio.start + Duration::from_secs_f64((sample / rate).max(0.0));
        found.extend(dtmf::detect(&audio.samples, audio.codec).into_iter().map(|heard| {
            let end = at(heard.start.value + heard.length.value);
            let (name, start) = (heard.digit.name(), at(heard.start.value));
            Digit { name, start, end, seq: None, how: How::Tones(heard, rate) }
        }));
    }
    found
}

/// When the step before began, if it told the device something: a device that confirms late has begun
/// to send before it confirmed.
fn told_since(step: StepId, view: &View<'_>) -> Option<Tick> {
    let to = view.course(step).reached?.seq;
    let before = view.course(view.subject(step)?.since?).reached?;
    let mut between =
        view.timeline().entries().iter().filter(|it| before.seq < it.seq && it.seq < to);
    between.any(|entry| matches!(entry.seen, Seen::Wrote(_))).then_some(before.at)
}

/// How long after the step its digits may still be ending.
const AFTERGLOW: Duration = Duration::from_millis(200);
/// The uncertainty of the level of a tone, in dB.
const LEVEL: f64 = 0.5;
/// The uncertainty of how far a frequency is off, as a fraction.
const OFFSET: f64 = 0.002;
