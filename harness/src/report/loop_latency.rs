//! How long talk takes through a device that loops it back, over the time of a step.

use super::JudgedCase;
use crate::check::measure::{Arrival, Audio, Latency, Measured, Stream};
use crate::evidence::formats::Formats;
use crate::evidence::plain::Plain;
use crate::evidence::point::{Pco, RolePoint};
use crate::evidence::timeline::Seen;
use crate::scenario::program::{Flow, MediaLine, RoleId, Signal, Step, StepKind};
use crate::time::Tick;
use std::time::Duration;

/// The loop latency of one step in which a role played talk and heard it come back.
#[derive(Clone, Debug)]
pub(super) struct LoopLatency {
    /// The point: `alice.rtp`.
    pub(super) point: String,
    /// Over the whole step, as `loop.latency` measures it.
    pub(super) whole: Measured,
    /// The correlation at its peak over that at the next.
    pub(super) confidence: f64,
    /// Over [`WINDOW`] of what was sent, every [`STRIDE`].
    pub(super) windows: Vec<Window>,
    /// How many windows have no clear peak and are left out.
    pub(super) unclear: usize,
}

/// The latency of a part of what was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// When the middle of it was sent, in seconds since the case began.
    pub(super) at: f64,
    /// The latency.
    pub(super) latency: Measured,
}

impl LoopLatency {
    /// The loops that the evidence shows clearly, in the order of the steps.
    pub(super) fn all(case: &JudgedCase) -> Vec<Self> {
        let mut found = Vec::new();
        looped(&case.program.steps, &mut |role, line| found.extend(Self::of(case, role, line)));
        found
    }

    /// `None` where the step was not carried out, or nothing clearly came back.
    fn of(case: &JudgedCase, role: RoleId, line: &MediaLine) -> Option<Self> {
        let from = case.timeline.reached(line.id)?.at;
        let (met, _) = case.timeline.met(line.id)?;
        let pco = Pco::of_role(role.0, RolePoint::Rtp);
        let point = case.record.points.iter().find(|point| point.pco == pco)?;
        let plain = Plain::of(&case.timeline);
        let media = Media::of(case, pco, &plain);
        let formats = Formats::of(&case.timeline);
        let measure = |sent: (Tick, Tick), heard: (Tick, Tick)| {
            let audio = |arrivals, span| audio(arrivals, span, &formats, pco);
            let (played, back) = (audio(&media.sent, sent)?, audio(&media.received, heard)?);
            let found = Latency::of(&played, &back, LONGEST, point.uncertainty)?;
            let stalled = case.stalled(sent.0, heard.1).as_secs_f64();
            let uncertainty = found.latency.uncertainty + stalled;
            found
                .is_clear()
                .then_some((Measured { uncertainty, ..found.latency }, found.confidence))
        };
        let (whole, confidence) = measure((from, met.at), (from, met.at))?;
        let beyond = Duration::from_secs_f64(whole.value.max(0.0)) + MARGIN;
        let (mut windows, mut unclear) = (Vec::new(), 0);
        let mut start = from;
        while start + WINDOW + beyond <= met.at {
            match measure((start, start + WINDOW), (start, start + WINDOW + beyond)) {
                Some((latency, _)) => {
                    let middle = case.since_it_began(start + WINDOW / 2).as_secs_f64();
                    windows.push(Window { at: middle, latency });
                }
                None => unclear += 1,
            }
            start = start + STRIDE;
        }
        Some(Self { point: point.name.clone(), whole, confidence, windows, unclear })
    }
}

/// What passed one point, both ways.
struct Media<'a> {
    sent: Vec<Arrival<'a>>,
    received: Vec<Arrival<'a>>,
}

impl<'a> Media<'a> {
    fn of(case: &'a JudgedCase, pco: Pco, plain: &'a Plain) -> Self {
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        for entry in case.timeline.entries().iter().filter(|entry| entry.pco == pco) {
            if let Seen::Sent(datagram) = &entry.seen {
                let bytes = plain.packet(entry.seq, &datagram.bytes);
                sent.extend(bytes.map(|bytes| Arrival { at: entry.at, bytes }));
            } else if let Seen::Received(datagram) = &entry.seen {
                let bytes = plain.packet(entry.seq, &datagram.bytes);
                received.extend(bytes.map(|bytes| Arrival { at: entry.at, bytes }));
            }
        }
        Self { sent, received }
    }
}

/// The sound of the source that sent most in a span.
fn audio(
    arrivals: &[Arrival<'_>],
    (from, to): (Tick, Tick),
    formats: &Formats,
    pco: Pco,
) -> Option<Audio> {
    let inside = arrivals.iter().filter(|arrival| from <= arrival.at && arrival.at <= to);
    let inside: Vec<Arrival<'_>> = inside.copied().collect();
    let streams = Stream::group(&inside);
    let most = streams.iter().max_by_key(|stream| stream.packets().len())?;
    let (audio, codec) = most.audio(formats, pco)?;
    Audio::of(&audio, codec)
}

/// Calls `each` with every line on which a role listens while it plays talk.
fn looped<'a>(steps: &'a [Step], each: &mut impl FnMut(RoleId, &'a MediaLine)) {
    for step in steps {
        if let StepKind::Media(lines) = &step.kind {
            let talks = |role| {
                lines.iter().any(|line| {
                    let signal =
                        matches!(line.flow, Flow::Play { signal: Signal::Talk { .. }, .. });
                    signal && line.role == role
                })
            };
            for line in lines {
                if matches!(line.flow, Flow::Listen { .. }) && talks(line.role) {
                    each(line.role, line);
                }
            }
        }
        if let StepKind::AnyOf { branches, .. } = &step.kind {
            for branch in branches {
                looped(branch, each);
            }
        }
    }
}

/// How much of what was sent is looked for at a time.
pub(super) const WINDOW: Duration = Duration::from_millis(500);
/// From one window to the next.
pub(super) const STRIDE: Duration = Duration::from_millis(250);
/// How much later than over the whole step a window may come back.
const MARGIN: Duration = Duration::from_millis(100);
/// The longest way through a device's loop that is looked for.
const LONGEST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, span};
    use super::*;
    use crate::evidence::step::StepId;
    use crate::signal::{Codec, Dbm0, Talk};
    use crate::wire::rtp::Packet;

    /// Talk of 4 s that comes back 80 ms later, and from the middle on `more` later still.
    fn case(more: Duration) -> JudgedCase {
        let talk: Vec<i16> = Talk::new(3, Dbm0(-18.0), Codec::Pcmu).take(32_000).collect();
        let mut packets = Vec::new();
        for (frame, n) in talk.chunks(160).zip(0_u16..) {
            let payload = Codec::Pcmu.encode(frame);
            let at = span(1_000 + 20 * u64::from(n));
            let late = span(80) + if n < 100 { Duration::ZERO } else { more };
            let bytes = |ssrc| Packet::new(0, n, 160 * u32::from(n), ssrc, &payload).write();
            packets.push((at, bytes(1), true));
            packets.push((at + late, bytes(2), false));
        }
        let line = |id, flow| MediaLine {
            id: StepId(id),
            text: String::new(),
            line: 1,
            role: RoleId(0),
            flow,
            protection: crate::proto::media::shield::Protection::Agreed,
            shapes: Vec::new(),
        };
        let signal = Signal::Talk { dbm0: -18.0 };
        let play = line(1, Flow::Play { signal, span: span(4_000) });
        let media = StepKind::Media(vec![play, line(2, Flow::Listen { span: None })]);
        bare(media, 2, (span(1_000), span(5_000)), packets)
    }

    #[test]
    fn each_window_has_the_latency_of_its_time() {
        let case = case(span(40));
        let [found] = &LoopLatency::all(&case)[..] else { panic!("one loop") };
        assert_eq!(found.point, "alice.rtp");
        let early = found.windows.iter().filter(|window| window.at < 1.7);
        assert!(early.clone().count() > 2);
        for window in early {
            assert!(window.latency.holds(0.08), "{} at {}", window.latency, window.at);
        }
        let late = found.windows.iter().filter(|window| window.at > 2.3);
        assert!(late.clone().count() > 4);
        for window in late {
            assert!(window.latency.holds(0.12), "{} at {}", window.latency, window.at);
        }
    }

    #[test]
    fn a_stall_adds_to_the_uncertainty_of_its_windows_alone() {
        let mut case = case(Duration::ZERO);
        let at = Tick::ZERO + span(1_500);
        case.timeline.record(at, Pco::BENCH, Seen::Stall(span(5)));
        let [found] = &LoopLatency::all(&case)[..] else { panic!("one loop") };
        assert!(found.whole.uncertainty > 0.005, "{}", found.whole);
        let (first, last) = (found.windows.first().unwrap(), found.windows.last().unwrap());
        assert!(first.latency.uncertainty > 0.005 && last.latency.uncertainty < 0.001);
    }

    #[test]
    fn what_did_not_come_back_has_no_latency() {
        let mut silent = case(Duration::ZERO);
        let entries = silent.timeline.entries().iter();
        let kept: Vec<_> =
            entries.filter(|entry| !matches!(entry.seen, Seen::Received(_))).cloned().collect();
        silent.timeline = crate::evidence::timeline::Timeline::default();
        for entry in kept {
            silent.timeline.record(entry.at, entry.pco, entry.seen);
        }
        assert!(LoopLatency::all(&silent).is_empty());
    }
}
