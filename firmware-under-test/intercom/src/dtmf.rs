//! Digits as RTP events: RFC 4733.

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

/// A telephone-event payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Payload {
    pub(crate) event: u8,
    pub(crate) end: bool,
    /// In timestamp units.
    pub(crate) duration: u16,
}

impl Payload {
    /// Reads a payload; `None` if it is too short.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[event, flags, high, low] = bytes.first_chunk()?;
        let duration = u16::from_be_bytes([high, low]);
        Some(Self { event, end: flags & 0x80 != 0, duration })
    }

    /// The payload's bytes, at -10 dBm0.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let [high, low] = self.duration.to_be_bytes();
        vec![self.event, u8::from(self.end) << 7 | 0x0a, high, low]
    }
}

/// Tells a new event from more packets of one that was heard already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listener {
    /// SSRC and timestamp of the latest event.
    latest: Option<(u32, u32)>,
}

impl Listener {
    /// Whether the packet is the first that came of its event.
    pub(crate) fn is_new(&mut self, packet: &Packet) -> bool {
        let Packet { ssrc, timestamp, .. } = *packet;
        //= RFC 4733 §2.5.2.2
        let new = self.latest.is_none_or(|(source, latest)| {
            source != ssrc || timestamp.wrapping_sub(latest).cast_signed() > 0
        });
        if new {
            self.latest = Some((ssrc, timestamp));
        }
        new
    }
}

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
        let payload = Payload { event: 11, end: true, duration: 1280 };
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
        let mut listener = Listener::default();
        let heard = [(10, 1), (10, 1), (500, 1), (10, 1), (500, 1), (3, 2)]
            .map(|(timestamp, ssrc)| listener.is_new(&packet(timestamp, ssrc)));
        assert_eq!(heard, [true, false, true, false, false, true]);
    }
}
