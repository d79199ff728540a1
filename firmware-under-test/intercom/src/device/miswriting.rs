//! What seeded defects do to the octets of a message on its way out: line ends, the start line, the
//! length.

use crate::defects::{Defect, Defects};

/// A defect, the messages that it spoils by their head, and what it makes of one.
type Smear = (Defect, fn(&str) -> bool, fn(&str) -> String);

/// The octets of a message as the device sends them.
pub(super) fn miswrite(defects: &Defects, bytes: Vec<u8>) -> Vec<u8> {
    let mut smears = SMEARS.iter().filter(|(defect, ..)| defects.may_have(*defect)).peekable();
    if smears.peek().is_none() {
        return bytes;
    }
    let text = String::from_utf8_lossy(&bytes);
    let smear = smears.find(|(defect, of, _)| of(&text) && defects.has(*defect));
    match smear {
        Some((_, _, spoil)) => spoil(&text).into_bytes(),
        None => bytes,
    }
}

const SMEARS: &[Smear] = &[
    (Defect::LINES_END_IN_LF, |text| answers(text, "OPTIONS"), |text| text.replace("\r\n", "\n")),
    (
        Defect::VERSION_IN_SMALL_LETTERS,
        |text| answers(text, "OPTIONS"),
        |text| text.replacen("SIP/2.0", "sip/2.0", 1),
    ),
    (
        Defect::VERSION_OF_ITS_OWN,
        |text| text.starts_with("INVITE ") && !has_to_tag(text),
        |text| text.replacen("SIP/2.0", "SIP/2.1", 1),
    ),
    (
        Defect::NO_EMPTY_LINE,
        |text| answers(text, "BYE"),
        |text| text.strip_suffix("\r\n").unwrap_or(text).to_owned(),
    ),
    (
        Defect::LENGTH_OF_NOTHING,
        |text| answers(text, "BYE") || text.starts_with("ACK ") && text.contains("/UDP "),
        |text| text.replace("Content-Length: 0", "Content-Length: 16"),
    ),
];

/// Whether it is a success of that method in a datagram: on a stream nothing would find its end.
fn answers(text: &str, method: &str) -> bool {
    text.starts_with("SIP/2.0 200")
        && text.contains(&format!(" {method}\r\n"))
        && text.contains("/UDP ")
}

fn has_to_tag(text: &str) -> bool {
    text.split("\r\n").any(|line| line.starts_with("To:") && line.contains(";tag="))
}
