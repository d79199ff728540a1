//! Digits as the body of INFO requests: `application/dtmf-relay` and `application/dtmf`.
//!
//! Neither is in a standard; both are legacy usages of INFO (RFC 6086 §3) that are in wide use.

use super::sip::Message;
use std::time::Duration;

/// How the body of an INFO request says a digit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// `application/dtmf-relay`: lines of `Signal=5` and `Duration=160`, in milliseconds.
    Relay,
    /// `application/dtmf`: the digit alone.
    Plain,
}

/// A digit as an INFO request says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pressed {
    /// How it is said.
    pub format: Format,
    /// `0`-`9`, `*`, `#`, `A`-`D`.
    pub digit: char,
    /// How long it lasts, where the body says so.
    pub duration: Option<Duration>,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Relay, Self::Plain];

    /// Its content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Relay => "application/dtmf-relay",
            Self::Plain => "application/dtmf",
        }
    }

    /// A body.
    pub fn write(self, digit: char, duration: Duration) -> String {
        match self {
            Self::Relay => format!("Signal={digit}\r\nDuration={}\r\n", duration.as_millis()),
            Self::Plain => digit.to_string(),
        }
    }
}

impl Pressed {
    /// Reads an INFO request; `None` if it is another request, or says no digit.
    ///
    /// Tolerant, because nothing lays it down: names in any case, blanks, lines ended in any way, and
    /// 10 to 15 for what has no figure, as RFC 4733 numbers it.
    pub fn read(request: &Message) -> Option<Self> {
        if request.method() != Some("INFO") {
            return None;
        }
        let said = request.header("Content-Type")?;
        let said = said.split(';').next().unwrap_or_default().trim();
        let format =
            Format::ALL.into_iter().find(|it| it.content_type().eq_ignore_ascii_case(said))?;
        let text = String::from_utf8_lossy(request.body());
        let value = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let signal = match format {
            Format::Relay => value("signal")?,
            Format::Plain => text.trim().to_owned(),
        };
        let duration = value("duration").and_then(|value| value.parse().ok());
        Some(Self { format, digit: digit(&signal)?, duration: duration.map(Duration::from_millis) })
    }
}

fn digit(signal: &str) -> Option<char> {
    let of_code = |code: usize| DIGITS.chars().nth(code);
    let mut characters = signal.chars();
    match (characters.next()?.to_ascii_uppercase(), characters.next()) {
        (one, None) => DIGITS.contains(one).then_some(one),
        _ => of_code(signal.parse().ok()?),
    }
}

/// In the order of the event codes of RFC 4733 Table 3.
const DIGITS: &str = "0123456789*#ABCD";

#[cfg(test)]
mod tests {
    use super::*;

    fn info(content_type: &str, body: &str) -> Message {
        let text = format!(
            "INFO sip:a@192.0.2.1 SIP/2.0\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Message::read(text.as_bytes())
    }

    #[test]
    fn what_is_written_is_read() {
        for format in Format::ALL {
            for digit in DIGITS.chars() {
                let body = format.write(digit, Duration::from_millis(160));
                let read = Pressed::read(&info(format.content_type(), &body)).unwrap();
                assert_eq!((read.format, read.digit), (format, digit));
            }
        }
        let read = Pressed::read(&info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"));
        assert_eq!(read.unwrap().duration, Some(Duration::from_millis(160)));
    }

    #[test]
    fn devices_write_it_in_their_own_way() {
        let digit = |kind, body| Pressed::read(&info(kind, body)).map(|pressed| pressed.digit);
        assert_eq!(digit("Application/DTMF-Relay", "Duration= 90\nsignal= d\n"), Some('D'));
        assert_eq!(digit("application/dtmf-relay;x=y", "Signal=10\r\n"), Some('*'));
        assert_eq!(digit("application/dtmf", " 11\r\n"), Some('#'));
        assert_eq!(digit("application/dtmf-relay", "Signal=\r\n"), None);
        assert_eq!(digit("application/dtmf-relay", "5"), None);
        assert_eq!(digit("application/dtmf", "16"), None);
        assert_eq!(digit("text/plain", "5"), None);
    }
}
