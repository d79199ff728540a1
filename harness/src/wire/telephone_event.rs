//! Digits and other events as RTP payload: RFC 4733.

use super::defect::{Defect, DefectCode};

/// One event report: RFC 4733 §2.3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Event {
    /// The event code; 0 to 15 are the DTMF digits.
    pub code: u8,
    /// Whether this is the end of the event.
    pub end: bool,
    /// The level of the tone, in -dBm0: 0 to 63, where 63 is the softest.
    pub volume: u8,
    /// How long the event has lasted, in units of the payload's clock rate.
    pub duration: u16,
}

impl Event {
    /// The report of `digit`; `None` if it is not one of `0`-`9`, `*`, `#`, `A`-`D`.
    pub fn of_digit(digit: char, end: bool, volume: u8, duration: u16) -> Option<Self> {
        Some(Self { code: code_of(digit)?, end, volume, duration })
    }

    /// Reads the first report of a payload; `None` if there are fewer than four bytes.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let &[code, flags, d0, d1] = payload.first_chunk()?;
        Some(Self {
            code,
            end: flags & END != 0,
            volume: flags & VOLUME,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }

    /// The report as payload; only the low six bits of the volume are written.
    pub const fn write(&self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        [self.code, if self.end { END } else { 0 } | (self.volume & VOLUME), d0, d1]
    }

    /// The digit that the code stands for, if it stands for one.
    pub fn digit(&self) -> Option<char> {
        DIGITS.chars().nth(usize::from(self.code))
    }
}

/// The event code of `digit`, in either case.
pub fn code_of(digit: char) -> Option<u8> {
    //= RFC 4733 §3.2
    let at = DIGITS.chars().position(|known| known == digit.to_ascii_uppercase())?;
    u8::try_from(at).ok()
}

/// What is wrong with an event payload.
pub fn defects(payload: &[u8]) -> Vec<Defect> {
    let mut defects = Vec::new();
    if payload.is_empty() || !payload.len().is_multiple_of(4) {
        let text = format!("{} byte(s) are not whole reports of four", payload.len());
        defects.push(Defect::new(DefectCode::EventTruncated, 0..payload.len(), text));
    }
    if payload.get(1).is_some_and(|flags| flags & RESERVED != 0) {
        defects.push(Defect::new(DefectCode::EventReserved, 1..2, "the reserved bit is set"));
    }
    defects
}

/// RFC 4733 Table 3, in the order of the codes.
const DIGITS: &str = "0123456789*#ABCD";

const END: u8 = 0x80;
const RESERVED: u8 = 0x40;
const VOLUME: u8 = 0x3f;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_has_its_code_and_comes_back() {
        for (code, digit) in (0_u8..).zip(DIGITS.chars()) {
            let event = Event::of_digit(digit, true, 10, 1_600).unwrap();
            assert_eq!(event.write(), [code, 0x8a, 0x06, 0x40]);
            assert_eq!(Event::read(&event.write()), Some(event));
            assert_eq!(event.digit(), Some(digit));
        }
        assert_eq!(code_of('d'), Some(15));
        assert_eq!(code_of('E'), None);
        assert_eq!(Event { code: 16, end: false, volume: 0, duration: 0 }.digit(), None);
    }

    #[test]
    fn defects_of_a_payload() {
        let codes = |payload: &[u8]| -> Vec<DefectCode> {
            defects(payload).iter().map(|defect| defect.code).collect()
        };
        assert_eq!(codes(&[1, 10, 0, 160]), []);
        assert_eq!(codes(&[]), [DefectCode::EventTruncated]);
        assert_eq!(codes(&[1, 10, 0]), [DefectCode::EventTruncated]);
        assert_eq!(codes(&[1, 0x4a, 0, 160]), [DefectCode::EventReserved]);
    }
}
