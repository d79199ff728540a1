//! One press of a key may be heard in several ways; it is one digit.

use std::collections::VecDeque;
use std::time::Duration;

/// How a digit came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// As a telephone event.
    Rfc4733,
    /// In an INFO request.
    Info,
    /// As tones.
    Inband,
}

impl Way {
    /// The word that the log has for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Rfc4733 => "rfc4733",
            Self::Info => "info",
            Self::Inband => "inband",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The digits that were heard lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presses {
    lately: VecDeque<Press>,
}

#[derive(Clone, Debug)]
struct Press {
    digit: char,
    at: Duration,
    /// The ways in which it has been heard.
    ways: u8,
}

impl Presses {
    /// Whether such a digit has been heard lately, in whatever way.
    pub(crate) fn has(&self, now: Duration, digit: char) -> bool {
        let lately = |press: &Press| now.saturating_sub(press.at) <= SAME;
        self.lately.iter().any(|press| press.digit == digit && lately(press))
    }

    /// Whether a digit that is heard now is another press, and not one that has been heard in
    /// another way already.
    ///
    /// Each press is met by the first of each other way, so that a row of the same digit in two
    /// ways is as long as it was dialled.
    pub(crate) fn is_new(&mut self, now: Duration, digit: char, way: Way) -> bool {
        self.lately.retain(|press| now.saturating_sub(press.at) <= SAME);
        let mut same = self.lately.iter_mut().filter(|press| press.digit == digit);
        if let Some(press) = same.find(|press| press.ways & way.bit() == 0) {
            press.ways |= way.bit();
            return false;
        }
        self.lately.push_back(Press { digit, at: now, ways: way.bit() });
        true
    }
}

/// How far apart the ways may bring the same press.
const SAME: Duration = Duration::from_millis(600);

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(presses: &[(u64, char, Way)]) -> String {
        let mut all = Presses::default();
        let new = |&&(ms, digit, way): &&(u64, char, Way)| {
            all.is_new(Duration::from_millis(ms), digit, way)
        };
        presses.iter().filter(new).map(|(_, digit, _)| digit).collect()
    }

    #[test]
    fn one_press_in_three_ways_is_one_digit() {
        let ways = [(0, '5', Way::Info), (20, '5', Way::Rfc4733), (90, '5', Way::Inband)];
        assert_eq!(heard(&ways), "5");
    }

    #[test]
    fn a_row_of_one_digit_in_two_ways_keeps_its_length() {
        let row = [
            (0, '5', Way::Rfc4733),
            (80, '5', Way::Inband),
            (200, '5', Way::Rfc4733),
            (280, '5', Way::Inband),
        ];
        assert_eq!(heard(&row), "55");
    }

    #[test]
    fn the_same_way_or_much_later_is_another_press() {
        assert_eq!(heard(&[(0, '5', Way::Info), (50, '5', Way::Info)]), "55");
        assert_eq!(heard(&[(0, '5', Way::Info), (900, '5', Way::Rfc4733)]), "55");
        assert_eq!(heard(&[(0, '5', Way::Info), (10, '6', Way::Rfc4733)]), "56");
    }
}
