//! Digits in INFO requests, as phones have sent them since before there were packages for it.

use super::{digit, event};

/// Which body an INFO request carries a digit in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Lines of `Signal=5` and `Duration=160`.
    Relay,
    /// The digit and nothing else.
    Plain,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 2] = [Self::Relay, Self::Plain];

    /// Its content type.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Relay => "application/dtmf-relay",
            Self::Plain => "application/dtmf",
        }
    }

    /// The kind of a Content-Type, whatever its parameters.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let bare = content_type.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|kind| kind.content_type().eq_ignore_ascii_case(bare))
    }

    /// The digit of a body; `None` if there is none.
    pub(crate) fn read(self, body: &[u8]) -> Option<char> {
        let text = String::from_utf8_lossy(body);
        let signal = match self {
            Self::Plain => text.trim().to_owned(),
            Self::Relay => text.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                key.trim().eq_ignore_ascii_case("signal").then(|| value.trim().to_owned())
            })?,
        };
        let mut characters = signal.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => event(only).and_then(digit),
            // Some write the event code, as RFC 2833 numbers it.
            _ => signal.parse().ok().and_then(digit),
        }
    }

    /// The body for a digit of that length.
    pub(crate) fn write(self, digit: char, milliseconds: u64) -> String {
        match self {
            Self::Relay => format!("Signal={digit}\r\nDuration={milliseconds}\r\n"),
            Self::Plain => digit.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bodies_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            for symbol in "0123456789*#ABCD".chars() {
                assert_eq!(kind.read(kind.write(symbol, 160).as_bytes()), Some(symbol));
            }
            assert_eq!(Kind::of(&kind.content_type().to_uppercase()), Some(kind));
        }
        assert_eq!(Kind::of("application/dtmf-relay; charset=utf-8"), Some(Kind::Relay));
        assert_eq!(Kind::of("application/sdp"), None);
    }

    #[test]
    fn other_hands_are_read_too() {
        assert_eq!(Kind::Relay.read(b"Duration= 100\nsignal = d\n"), Some('D'));
        assert_eq!(Kind::Relay.read(b"Signal=11\r\n"), Some('#'));
        assert_eq!(Kind::Plain.read(b" 10\r\n"), Some('*'));
    }

    #[test]
    fn what_is_no_digit_is_none() {
        for body in ["", "Signal=", "Signal=x", "Signal=16", "Duration=100", "Signal=5 6"] {
            assert_eq!(Kind::Relay.read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(Kind::Plain.read(b"Signal=5"), None);
    }
}
