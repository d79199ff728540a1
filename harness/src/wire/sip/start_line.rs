//! The start line: request line or status line.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::tokens::{is_digits, is_token};

/// The first line of a message, as far as it could be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StartLine {
    /// A request line.
    Request {
        /// The method as written; methods are case-sensitive.
        method: String,
        /// The Request-URI as written.
        uri: String,
        /// The version as written, `SIP/2.0` if the sender is sound.
        version: String,
    },
    /// A status line.
    Response {
        /// The status code; 65,535 stands for anything too large.
        status: u16,
        /// The reason phrase, which may be empty.
        reason: String,
        /// The version as written.
        version: String,
    },
    /// Neither.
    Unreadable,
}

impl StartLine {
    /// Reads a line without its line ending, tolerant of space where there should be none.
    pub(super) fn scan(line: &str, flaws: &mut Flaws) -> Self {
        let is_version = |word: &str| word.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("SIP/"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let this = match words.as_slice() {
            [version, status, ..] if is_version(version) && is_digits(status) => {
                Self::response(line, version, status, flaws)
            }
            [method, uri @ .., version] if is_version(version) && !uri.is_empty() => {
                Self::request(line, method, uri, version, flaws)
            }
            _ => {
                flaws.note(
                    DefectCode::StartLineUnreadable,
                    "the first line is neither a request line nor a status line",
                );
                Self::Unreadable
            }
        };
        if let Self::Request { version, .. } | Self::Response { version, .. } = &this
            //= RFC 3261 §7.1
            && !version.eq_ignore_ascii_case("SIP/2.0")
        {
            flaws.note(DefectCode::VersionUnknown, format!("the version is `{version}`"));
        }
        this
    }

    fn request(line: &str, method: &str, uri: &[&str], version: &str, flaws: &mut Flaws) -> Self {
        if !is_token(method) {
            flaws.note(DefectCode::MethodInvalid, format!("the method `{method}` is not a token"));
        }
        let uri = uri.join(" ");
        if line != format!("{method} {uri} {version}") {
            flaws.note(
                DefectCode::StartLineSpacing,
                "method, Request-URI and version are not separated by one space each",
            );
        }
        Self::Request { method: method.to_owned(), uri, version: version.to_owned() }
    }

    fn response(line: &str, version: &str, status: &str, flaws: &mut Flaws) -> Self {
        let code = status.parse().unwrap_or(u16::MAX);
        //= RFC 3261 §7.2
        if status.len() != 3 || !(100..700).contains(&code) {
            flaws.note(
                DefectCode::StatusOutOfRange,
                format!("the status code `{status}` is not in 100 to 699"),
            );
        }
        let head = format!("{version} {status}");
        let reason = if let Some(reason) = line.strip_prefix(&format!("{head} ")) {
            reason
        } else {
            flaws.note(
                DefectCode::StartLineSpacing,
                "version, status code and reason phrase are not separated by one space each",
            );
            let after = line.find(status).map_or(line.len(), |at| at + status.len());
            line.get(after..).unwrap_or_default().trim()
        };
        Self::Response { status: code, reason: reason.to_owned(), version: version.to_owned() }
    }
}
