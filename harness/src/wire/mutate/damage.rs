//! How each kind of damage is done.

use super::Mutation;
use crate::wire::builder::Draft;
use crate::wire::sip::{Message, compact_name};

pub(super) fn apply(mutation: Mutation, bytes: &[u8], seed: u64) -> Vec<u8> {
    let message = Message::read(bytes);
    let draft = Draft::from_message(&message);
    let edited = match mutation {
        Mutation::NoCallId => draft.remove("Call-ID"),
        Mutation::NoVia => draft.remove("Via"),
        Mutation::NoCseq => draft.remove("CSeq"),
        Mutation::NoFrom => draft.remove("From"),
        Mutation::NoTo => draft.remove("To"),
        Mutation::NoMaxForwards => draft.remove("Max-Forwards"),
        Mutation::NoFromTag => untagged(draft, &message),
        Mutation::DuplicateCseq => {
            let method = cseq_method(&message);
            draft.add("CSeq", &format!("424242 {method}"))
        }
        Mutation::DuplicateCallId => draft.add("Call-ID", "a-second-call-id@example.com"),
        Mutation::CseqMethodMismatch => {
            let other = if cseq_method(&message) == "INFO" { "OPTIONS" } else { "INFO" };
            let number = message.cseq().map_or(1, |cseq| cseq.number);
            draft.set("CSeq", &format!("{number} {other}"))
        }
        Mutation::CseqOverflow => {
            draft.set("CSeq", &format!("36893488147419103232 {}", cseq_method(&message)))
        }
        Mutation::CseqNotANumber => draft.set("CSeq", &format!("one {}", cseq_method(&message))),
        Mutation::MaxForwardsLarge => draft.set("Max-Forwards", "300"),
        Mutation::MaxForwardsZero => draft.set("Max-Forwards", "0"),
        Mutation::ContentLengthLong => {
            draft.set("Content-Length", &(message.body().len() + 9_999).to_string())
        }
        Mutation::ContentLengthShort => return short(draft, &message),
        Mutation::ContentLengthNegative => draft.set("Content-Length", "-999"),
        Mutation::ContentLengthTwice => {
            draft.add("Content-Length", &(message.body().len() + 1).to_string())
        }
        Mutation::NulBytes => draft.raw_line(*b"Subject: nul \0\0 bytes"),
        Mutation::UnknownVersion => replace_in_start(draft, &message, "SIP/2.0", "SIP/7.0"),
        Mutation::UnterminatedQuote => draft.set("To", &to(&message, "\"Mr. J. User ", ">")),
        Mutation::UnterminatedAngle => draft.set("To", &to(&message, "", "")),
        Mutation::BadUri if message.is_request() => draft.request_uri(BAD_URI),
        Mutation::BadUri => draft.set("To", &format!("<{BAD_URI}>{}", to_params(&message))),
        Mutation::BracketedRequestUri => {
            let uri = format!("<{}>", message.request_uri().unwrap_or_default());
            draft.request_uri(&uri)
        }
        Mutation::RequestUriOfTo => {
            let uri = message.to().map(|to| to.uri.to_string()).unwrap_or_default();
            draft.request_uri(&uri)
        }
        Mutation::SpacesInRequestLine => replace_in_start(draft, &message, " ", "  "),
        Mutation::NoColon => draft.raw_line(*b"This line has no colon"),
        Mutation::ViaSeparators => {
            let via = message.header("Via").unwrap_or_default();
            draft.set("Via", &format!("{via};;,;,,"))
        }
        Mutation::BranchWithoutCookie => {
            let via = message.header("Via").unwrap_or_default();
            draft.set("Via", &via.replace(crate::wire::sip::via::COOKIE, ""))
        }
        Mutation::ViaOfAnother => {
            let via = message.header("Via").unwrap_or_default();
            let (protocol, sent) = via.split_once(' ').unwrap_or_default();
            let params = sent.find(';').and_then(|at| sent.get(at..)).unwrap_or_default();
            draft.set("Via", &format!("{protocol} another.example.com{params}"))
        }
        Mutation::BadDate => draft.set("Date", "Fri, 01 Jan 2010 16:00:00 EST"),
        Mutation::TwoUserNames => two_user_names(draft, &message),
        Mutation::Utf8Invalid => draft.raw_line(*b"Subject: \xff\xfe\xc3("),
        Mutation::OverlongHeader => draft.add("Subject", &"x".repeat(8_000)),
        Mutation::Compact => draft.rename(|name| compact_name(name).unwrap_or(name).to_owned()),
        Mutation::UpperCaseNames => draft.rename(str::to_uppercase),
        Mutation::ManyUnknownHeaders => (0..200).fold(draft, |draft, index| {
            draft.add(&format!("X-Unknown-{index}"), "nobody knows this one")
        }),
        Mutation::BareLf => return bare_lf(&message),
        Mutation::Truncated => {
            return bytes.get(..message.body_at().start / 2).unwrap_or_default().to_vec();
        }
        Mutation::NoBlankLine => return no_blank_line(&message),
        Mutation::Folded => return respaced(&message, ":\r\n "),
        Mutation::ExtraWhitespace => return respaced(&message, " \t : \t "),
        Mutation::Garbage => return garbage(bytes.len(), seed),
    };
    edited.build()
}

fn cseq_method(message: &Message) -> String {
    let method = message.method().map(str::to_owned);
    method.or_else(|| Some(message.cseq()?.method)).unwrap_or_else(|| "OPTIONS".to_owned())
}

fn untagged(draft: Draft, message: &Message) -> Draft {
    let Some(mut from) = message.from() else { return draft };
    from.params.remove("tag");
    draft.set("From", &from.to_string())
}

/// The `To` of `message` without its display name, with `before` and `after` around the URI.
fn to(message: &Message, before: &str, after: &str) -> String {
    let uri = message.to().map(|to| to.uri.to_string()).unwrap_or_default();
    let params = if after.is_empty() { String::new() } else { to_params(message) };
    format!("{before}<{uri}{after}{params}")
}

fn to_params(message: &Message) -> String {
    message.to().map(|to| to.params.to_string()).unwrap_or_default()
}

fn two_user_names(draft: Draft, message: &Message) -> Draft {
    let named = ["Authorization", "Proxy-Authorization"];
    let given = named.into_iter().find_map(|name| Some((name, message.header(name)?)));
    let Some((name, value)) = given else { return draft };
    let user = message.credentials().first().and_then(|given| given.get("username"));
    draft.set(name, &format!("{value}, username*=UTF-8''{}", user.unwrap_or_default()))
}

fn replace_in_start(draft: Draft, message: &Message, from: &str, to: &str) -> Draft {
    let line = message.bytes().get(message.start_at().clone()).unwrap_or_default();
    draft.start_line(String::from_utf8_lossy(line).replace(from, to))
}

/// A body that goes on after its end: the last byte of a body, or a few bytes where there is none.
fn short(draft: Draft, message: &Message) -> Vec<u8> {
    match message.body().len() {
        0 => [draft.set("Content-Length", "0").build().as_slice(), b"more"].concat(),
        length => draft.set("Content-Length", &(length - 1).to_string()).build(),
    }
}

fn header_of(message: &Message) -> &[u8] {
    message.bytes().get(..message.body_at().start).unwrap_or_default()
}

fn bare_lf(message: &Message) -> Vec<u8> {
    let mut damaged = header_of(message).to_vec();
    damaged.retain(|&byte| byte != b'\r');
    damaged.extend_from_slice(message.body());
    damaged
}

fn no_blank_line(message: &Message) -> Vec<u8> {
    let header = header_of(message);
    header.strip_suffix(b"\r\n").unwrap_or(header).to_vec()
}

/// The message with `colon` in place of every colon after a name and the white space around it.
fn respaced(message: &Message, colon: &str) -> Vec<u8> {
    let bytes = message.bytes();
    let part = |range| bytes.get(range).unwrap_or_default();
    let mut damaged = part(0..message.start_at().end).to_vec();
    damaged.extend_from_slice(b"\r\n");
    for header in message.headers() {
        damaged.extend_from_slice(header.written.as_bytes());
        damaged.extend_from_slice(colon.as_bytes());
        damaged.extend_from_slice(part(header.value_at.clone()));
        damaged.extend_from_slice(b"\r\n");
    }
    damaged.extend_from_slice(b"\r\n");
    damaged.extend_from_slice(message.body());
    damaged
}

fn garbage(length: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

const BAD_URI: &str = "sip:%zz@host..example.com:99999";
