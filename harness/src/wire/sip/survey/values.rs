//! What is wrong with one value of one header field.

use crate::wire::defect::{DefectCode, Flaws};
use crate::wire::sip::{CSeq, MediaType, NameAddr, Via};
use crate::wire::tokens::{find_outside, is_digits, is_quoted, is_token};

/// Notes what is wrong with `value`, one value of the field whose long name is `name`.
pub(super) fn check(name: &str, value: &str, flaws: &mut Flaws) {
    match name {
        "Via" => {
            Via::scan(value, flaws);
        }
        "From" | "To" | "Reply-To" | "Refer-To" | "Referred-By" | "Route" | "Record-Route"
        | "Path" | "Service-Route" => {
            NameAddr::scan(value, flaws);
        }
        "Contact" => check_contact(value, flaws),
        "CSeq" => {
            CSeq::scan(value, flaws);
        }
        "Content-Type" => {
            MediaType::scan(value, flaws);
        }
        "Call-ID" => check_call_id(value, flaws),
        //= RFC 3261 §20.22
        "Max-Forwards" if !is_digits(value) || value.parse::<u8>().is_err() => {
            flaws.note(
                DefectCode::MaxForwardsInvalid,
                format!("the Max-Forwards `{value}` is not in 0 to 255"),
            );
        }
        "Expires" | "Min-Expires" => check_seconds(value, flaws),
        "Date" if !is_date(value) => {
            flaws.note(
                DefectCode::DateInvalid,
                format!("`{value}` is not a date as RFC 1123 writes it, in GMT"),
            );
        }
        "Warning" => check_warning(value, flaws),
        "Allow" | "Require" | "Proxy-Require" | "Supported" | "Unsupported" if !is_token(value) => {
            flaws.note(DefectCode::ParameterInvalid, format!("`{value}` in {name} is not a token"));
        }
        _ => {}
    }
}

fn check_contact(value: &str, flaws: &mut Flaws) {
    if value == "*" {
        return;
    }
    let Some(contact) = NameAddr::scan(value, flaws) else { return };
    if let Some(expires) = contact.params.get("expires") {
        check_seconds(&expires, flaws);
    }
    if let Some(q) = contact.params.get("q")
        && !is_q(&q)
    {
        flaws.note(DefectCode::QInvalid, format!("the q value `{q}` is not in 0 to 1"));
    }
}

/// RFC 3261 §20.19: 0 to 2³² − 1.
fn check_seconds(value: &str, flaws: &mut Flaws) {
    if !is_digits(value) || value.parse::<u32>().is_err() {
        flaws.note(
            DefectCode::ExpiresInvalid,
            format!("`{value}` is not a number of seconds below 2^32"),
        );
    }
}

/// RFC 3261 §25.1, `qvalue`: at most three digits after the point.
fn is_q(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let short = fraction.len() <= 3;
    short
        && match whole {
            "0" => fraction.bytes().all(|digit| digit.is_ascii_digit()),
            "1" => fraction.bytes().all(|digit| digit == b'0'),
            _ => false,
        }
}

/// RFC 3261 §25.1, `callid`: a word, or two with `@` between them.
fn check_call_id(value: &str, flaws: &mut Flaws) {
    let is_word = |text: &str| {
        !text.is_empty() && text.split(OTHER_WORD_CHARACTERS).all(|t| t.is_empty() || is_token(t))
    };
    let sound = match value.split_once('@') {
        Some((local, host)) => is_word(local) && is_word(host),
        None => is_word(value),
    };
    if !sound {
        flaws.note(DefectCode::CallIdInvalid, format!("`{value}` is not a Call-ID"));
    }
}

fn check_warning(value: &str, flaws: &mut Flaws) {
    let sound = (|| {
        let (code, rest) = value.split_once(' ')?;
        let quote = find_outside(rest, '"')?;
        let (agent, text) = (rest.get(..quote)?.trim(), rest.get(quote..)?.trim());
        Some(code.len() == 3 && is_digits(code) && !agent.is_empty() && is_quoted(text))
    })();
    if sound != Some(true) {
        flaws.note(
            DefectCode::WarningInvalid,
            format!("`{value}` is not three digits, an agent and a quoted text"),
        );
    }
}

/// RFC 3261 §25.1, `rfc1123-date`: `Sat, 13 Nov 2010 23:29:00 GMT`.
fn is_date(value: &str) -> bool {
    let words: Vec<&str> = value.split(' ').collect();
    let &[weekday, day, month, year, time, "GMT"] = words.as_slice() else { return false };
    let number = |text: &str, length: usize, below: u16| {
        text.len() == length && is_digits(text) && text.parse().is_ok_and(|n: u16| n < below)
    };
    let mut clock = time.split(':');
    let mut two = |below| clock.next().is_some_and(|text| number(text, 2, below));
    let timed = two(24) && two(60) && two(61) && clock.next().is_none();
    WEEKDAYS.contains(&weekday)
        && number(day, 2, 32)
        && MONTHS.contains(&month)
        && number(year, 4, 10_000)
        && timed
}

/// What a `word` may hold beside the characters of a token.
const OTHER_WORD_CHARACTERS: [char; 13] =
    ['(', ')', '<', '>', ':', '\\', '"', '/', '[', ']', '?', '{', '}'];

const WEEKDAYS: [&str; 7] = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Max-Forwards", "70", true)]
    #[case("Max-Forwards", "0068", true)]
    #[case("Max-Forwards", "256", false)]
    #[case("Max-Forwards", "-1", false)]
    #[case("Date", "Sat, 13 Nov 2010 23:29:00 GMT", true)]
    #[case("Date", "Sat, 13 Nov 2010 23:29:00 UTC", false)]
    #[case("Date", "Sat, 13 Nov 2010 25:29:00 GMT", false)]
    #[case("Date", "Sat, 3 Nov 2010 23:29:00 GMT", false)]
    #[case("Warning", "399 example.com \"a text\"", true)]
    #[case("Warning", "1812 overture \"In Progress\"", false)]
    #[case("Contact", "*", true)]
    #[case("Contact", "<sip:a@b>;q=0.333;expires=60", true)]
    #[case("Contact", "<sip:a@b>;q=1.1", false)]
    #[case("Contact", "<sip:a@b>;expires=soon", false)]
    #[case("Contact", "sip:a@b?x=y", false)]
    #[case("Call-ID", "a b", false)]
    #[case("Call-ID", "a@b@c", false)]
    #[case("Allow", "INVITE", true)]
    #[case("Allow", "INVITE ACK", false)]
    #[case("X-Anything", ";;,,;;,;", true)]
    fn values(#[case] name: &str, #[case] value: &str, #[case] sound: bool) {
        let mut flaws = Flaws::default();
        check(name, value, &mut flaws);
        assert_eq!(flaws.is_empty(), sound);
    }
}
