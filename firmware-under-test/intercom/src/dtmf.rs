//! Digits: as RTP events (RFC 4733), in INFO requests, and as tones.

pub(crate) mod inband;
pub(crate) mod info;
pub(crate) mod keypad;
pub(crate) mod presses;

use crate::defects::{Defect, Defects};
use crate::rtp::Packet;

/// The digit of an event code.
pub(crate) fn digit(event: u8) -> Option<char> {
    DIGITS.chars().nth(usize::from(event))
}

/// The event code of a digit.
pub(crate) fn event(digit: char) -> Option<u8> {
    let digit = digit.to_ascii_uppercase();
    DIGITS.chars().zip(0..).find(|&(d, _)| d == digit).map(|(_, event)| event)
}

/// Row and column of an event's key.
fn place(event: u8) -> Option<(usize, usize)> {
    let at = KEYS.chars().position(|key| Some(key) == digit(event))?;
    Some((at / 4, at % 4))
}

/// The digit of the key there.
fn digit_at(row: usize, column: usize) -> Option<char> {
    KEYS.chars().nth(row * 4 + column)
}

/// A telephone-event payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Payload {
    pub(crate) event: u8,
    pub(crate) end: bool,
    /// The bit that is kept for later.
    pub(crate) reserved: bool,
    /// In dBm0, without the sign.
    pub(crate) volume: u8,
    /// In timestamp units.
    pub(crate) duration: u16,
}

impl Payload {
    /// Reads a payload; `None` if it is too short.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[event, flags, high, low] = bytes.first_chunk()?;
        let duration = u16::from_be_bytes([high, low]);
        let (end, reserved, volume) = (flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x3f);
        Some(Self { event, end, reserved, volume, duration })
    }

    /// The payload's bytes.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let [high, low] = self.duration.to_be_bytes();
        let flags = u8::from(self.end) << 7 | u8::from(self.reserved) << 6 | self.volume & 0x3f;
        vec![self.event, flags, high, low]
    }
}

/// Tells a new event from more packets of one that was heard already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listener {
    latest: Option<Latest>,
}

/// The latest event.
#[derive(Clone, Copy, Debug)]
struct Latest {
    ssrc: u32,
    timestamp: u32,
    event: u8,
    duration: u16,
    ended: bool,
}

impl Listener {
    /// Whether the packet is the first that came of its event.
    pub(crate) fn is_new(&mut self, packet: &Packet, payload: Payload, defects: &Defects) -> bool {
        let Packet { ssrc, timestamp, marker, .. } = *packet;
        let Payload { event, end: ended, duration, .. } = payload;
        let this = Latest { ssrc, timestamp, event, duration, ended };
        let Some(latest) = self.latest.filter(|latest| latest.ssrc == ssrc) else {
            self.latest = Some(this);
            return true;
        };
        let later = timestamp.wrapping_sub(latest.timestamp).cast_signed();
        if later < 0 {
            return false;
        }
        if later == 0 {
            self.latest = Some(Latest { ended: ended || latest.ended, ..this });
            let seconds = |units: u16| units / 8_000;
            return seconds(duration) > seconds(latest.duration)
                && defects.has(Defect::EVENTS_LONG_REPEATS);
        }
        self.latest = Some(this);
        //= RFC 4733 §2.5.1.3
        let goes_on = !marker && !latest.ended && event == latest.event && latest.duration >= FULL;
        if goes_on {
            return defects.has(Defect::EVENTS_SEGMENT_ANEW);
        }
        !(event == latest.event && defects.has(Defect::EVENTS_SAME_ONCE))
    }
}

/// A duration that a segment has that another follows; the last packet of it may be lost.
const FULL: u16 = 0xf000;
/// The keypad, row by row, and the frequencies of its rows and columns in hertz (Q.23).
const KEYS: &str = "123A456B789C*0#D";
const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const DIGITS: &str = "0123456789*#ABCD";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_events_agree() {
        for event_code in 0..16 {
            assert_eq!(digit(event_code).and_then(event), Some(event_code));
        }
        assert_eq!((event('a'), event('x'), digit(16)), (Some(12), None, None));
    }

    #[test]
    fn payloads_round_trip() {
        let payload = Payload { event: 11, end: true, reserved: false, volume: 10, duration: 1280 };
        assert_eq!(payload.to_bytes(), [11, 0x8a, 5, 0]);
        assert_eq!(Payload::parse(&payload.to_bytes()), Some(payload));
    }

    #[test]
    fn an_event_is_new_once_even_when_its_start_is_lost_or_its_end_is_late() {
        let packet = |timestamp, ssrc| Packet {
            marker: false,
            payload_type: 101,
            sequence: 0,
            timestamp,
            ssrc,
            payload: vec![],
        };
        let payload = Payload { event: 5, end: false, reserved: false, volume: 10, duration: 160 };
        let mut listener = Listener::default();
        let mut is_new = |timestamp, ssrc| {
            listener.is_new(&packet(timestamp, ssrc), payload, &Defects::default())
        };
        let heard = [(10, 1), (10, 1), (500, 1), (10, 1), (500, 1), (3, 2)]
            .map(|(timestamp, ssrc)| is_new(timestamp, ssrc));
        assert_eq!(heard, [true, false, true, false, false, true]);
    }

    #[test]
    fn segments_of_a_long_event_are_one() {
        let mut listener = Listener::default();
        let mut is_new = |timestamp, duration, end, marker| {
            let payload = Payload { event: 5, end, reserved: false, volume: 10, duration };
            let packet = Packet {
                marker,
                payload_type: 101,
                sequence: 0,
                timestamp,
                ssrc: 1,
                payload: payload.to_bytes(),
            };
            listener.is_new(&packet, payload, &Defects::default())
        };
        assert!(is_new(0, 160, false, true));
        assert!(!is_new(0, 0xffff, false, false));
        assert!(!is_new(0xffff, 160, false, false));
        assert!(!is_new(0xffff, 800, true, false));
        assert!(is_new(90_000, 160, false, true));
    }

    #[test]
    fn the_keypad_has_every_digit_once() {
        for event in 0..16 {
            let (row, column) = place(event).unwrap();
            assert_eq!(digit_at(row, column), digit(event));
        }
        assert_eq!((place(16), digit_at(4, 0)), (None, None));
    }
}
