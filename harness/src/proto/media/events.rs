//! Digits as packets of telephone events: RFC 4733.

use super::Draft;
use crate::proto::digits::{Events, Marker};
use crate::wire::telephone_event::Event;
use std::time::Duration;

/// The packets of one digit that begins at `start` and lasts `tone`; the clock is that of the audio.
///
/// One each interval while it lasts, and its last one several times. What is longer than a report can
/// say goes in segments: each begins where the one before ends, and no segment but the last has the
/// end bit. A packet that is to be lost leaves its sequence number behind: its payload is missing.
//= RFC 4733 §2.5.1.3
//= RFC 4733 §2.5.1.4
pub(super) fn drafts(
    payload_type: u8,
    digit: char,
    (start, tone): (Duration, Duration),
    clock_rate: u32,
    events: &Events,
) -> Vec<Draft> {
    let every = events.every.max(Duration::from_millis(1));
    let packets = u32::try_from(tone.as_millis() / every.as_millis()).unwrap_or(u32::MAX).max(1);
    let mut drafts = Vec::new();
    for n in (1..=packets).chain(std::iter::repeat_n(packets, repeats(events))) {
        let sent = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
        let units = super::clock_units(every * n, clock_rate);
        // The segment that this packet reports on, and how much of it.
        let segment = units.saturating_sub(1) / LONGEST;
        let whole = segment * LONGEST;
        let duration = u16::try_from(units - whole).unwrap_or(u16::MAX);
        let marker = match events.marker {
            Marker::First => sent == 0,
            Marker::Never => false,
            Marker::Always => true,
        };
        let end = n == packets && events.end_packets > 0;
        let Some(event) = Event::of_digit(digit, end, events.volume, duration) else { break };
        let mut payload = event.write();
        if events.reserved
            && let Some(flags) = payload.get_mut(1)
        {
            *flags |= 0x40;
        }
        drafts.push(Draft {
            at: start + every * (sent + 1),
            payload_type,
            marker,
            timestamp: super::clock_units(start, clock_rate).wrapping_add(whole),
            payload: Some(payload.to_vec()),
        });
    }
    lose(&mut drafts, &events.lose);
    drafts
}

fn repeats(events: &Events) -> usize {
    usize::try_from(events.end_packets.saturating_sub(1)).unwrap_or(0)
}

fn lose(drafts: &mut [Draft], which: &[i32]) {
    let count = i32::try_from(drafts.len()).unwrap_or(i32::MAX);
    for (draft, at) in drafts.iter_mut().zip(1..) {
        if which.iter().any(|lost| *lost == at || *lost == at - count - 1) {
            draft.payload = None;
        }
    }
}

/// The longest duration that a report can state.
const LONGEST: u32 = 0xffff;

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(tone: u64, events: &Events) -> Vec<(u64, bool, u32, Option<Event>)> {
        let span = (Duration::from_millis(100), Duration::from_millis(tone));
        let drafts = drafts(101, '5', span, 8_000, events);
        let at = |draft: &Draft| u64::try_from(draft.at.as_millis()).unwrap();
        let event = |draft: &Draft| draft.payload.as_deref().and_then(Event::read);
        drafts.iter().map(|d| (at(d), d.marker, d.timestamp, event(d))).collect()
    }

    #[test]
    fn a_digit_is_reported_while_it_lasts_and_ends_three_times() {
        let sent = packets(60, &Events::default());
        let event = |end, duration| Event::of_digit('5', end, 10, duration);
        assert_eq!(
            sent,
            [
                (120, true, 800, event(false, 160)),
                (140, false, 800, event(false, 320)),
                (160, false, 800, event(true, 480)),
                (180, false, 800, event(true, 480)),
                (200, false, 800, event(true, 480)),
            ]
        );
    }

    #[test]
    fn what_is_lost_leaves_a_gap() {
        let events = Events { lose: vec![1, -1], ..Events::default() };
        let there: Vec<_> = packets(60, &events).iter().map(|it| it.3.is_some()).collect();
        assert_eq!(there, [false, true, true, true, false]);
    }

    #[test]
    fn a_long_digit_goes_in_segments() {
        let sent = packets(9_000, &Events::default());
        let timestamps: Vec<_> = sent.iter().map(|it| it.2).collect();
        assert_eq!((timestamps[0], *timestamps.last().unwrap()), (800, 800 + 0xffff));
        let ends = sent.iter().filter(|it| it.3.unwrap().end).count();
        assert_eq!((ends, sent.last().unwrap().3.unwrap().duration), (3, 6_465));
        assert!(timestamps.is_sorted());
        assert_eq!(sent.iter().filter(|it| it.1).count(), 1);
    }

    #[test]
    fn it_departs_as_it_is_told() {
        let events = Events {
            volume: 36,
            every: Duration::from_millis(50),
            end_packets: 1,
            marker: Marker::Never,
            reserved: true,
            ..Events::default()
        };
        let sent = packets(100, &events);
        assert_eq!(
            sent.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(),
            [(150, false), (200, false)]
        );
        let span = (Duration::ZERO, Duration::from_millis(100));
        let draft = &drafts(101, '5', span, 8_000, &events)[0];
        assert_eq!(draft.payload.as_deref(), Some(&[5, 0x40 | 0x24, 0x01, 0x90][..]));
    }
}
