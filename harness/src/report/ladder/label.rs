//! What is written on an arrow.

use crate::wire::classify::{Kind, classify};
use crate::wire::sip::Message;

/// The label of a datagram that is not RTP.
pub(in crate::report) fn datagram(bytes: &[u8]) -> String {
    match classify(bytes) {
        Kind::Sip => sip(&Message::read(bytes)),
        Kind::KeepAlive => format!("keep-alive, {} bytes", bytes.len()),
        Kind::Stun => "STUN".to_owned(),
        Kind::Rtp => "RTP".to_owned(),
        Kind::Rtcp => rtcp(bytes),
        Kind::Unknown => format!("{} bytes", bytes.len()),
    }
}

fn sip(message: &Message) -> String {
    let mut label = match (message.method(), message.status()) {
        (Some(method), _) => method.to_owned(),
        (None, Some(status)) => {
            let reason = message.reason().unwrap_or_default();
            let to = message.cseq().map(|cseq| format!(" ({})", cseq.method)).unwrap_or_default();
            format!("{status} {reason}").trim_end().to_owned() + &to
        }
        (None, None) => "unreadable SIP".to_owned(),
    };
    if message.content_type().is_some_and(|kind| kind.is("application/sdp"))
        && !message.body().is_empty()
    {
        label.push_str(", SDP");
    }
    label
}

/// The packet types of a compound packet (RFC 3550 §12.1).
fn rtcp(bytes: &[u8]) -> String {
    let name = match bytes.get(1) {
        Some(200) => "sender report",
        Some(201) => "receiver report",
        Some(202) => "source description",
        Some(203) => "goodbye",
        Some(_) | None => "packet",
    };
    format!("RTCP {name}")
}
