//! From packets to bytes.

use super::{APP, BYE, Chunk, Packet, RR, Report, SDES, SR, XR, extended};

/// One packet as bytes. Counts stop at 31 and lengths at 255, as the fields that hold them do.
pub(super) fn write(packet: &Packet) -> Vec<u8> {
    let mut body = Vec::new();
    let (packet_type, count) = match packet {
        Packet::SenderReport { ssrc, sent, reports } => {
            body.extend_from_slice(&ssrc.to_be_bytes());
            body.extend_from_slice(&sent.ntp.to_be_bytes());
            for word in [sent.rtp_timestamp, sent.packets, sent.octets] {
                body.extend_from_slice(&word.to_be_bytes());
            }
            (SR, all(&mut body, reports, write_report))
        }
        Packet::ReceiverReport { ssrc, reports } => {
            body.extend_from_slice(&ssrc.to_be_bytes());
            (RR, all(&mut body, reports, write_report))
        }
        Packet::SourceDescription(chunks) => (SDES, all(&mut body, chunks, write_chunk)),
        Packet::Bye { sources, reason } => {
            let count = all(&mut body, sources, |body, source| {
                body.extend_from_slice(&source.to_be_bytes());
            });
            if let Some(reason) = reason {
                write_short(&mut body, reason.as_bytes());
            }
            (BYE, count)
        }
        Packet::App { subtype, ssrc, name, data } => {
            body.extend_from_slice(&ssrc.to_be_bytes());
            body.extend_from_slice(name);
            body.extend_from_slice(data);
            (APP, *subtype)
        }
        Packet::Extended { ssrc, blocks } => {
            body.extend_from_slice(&ssrc.to_be_bytes());
            for word in blocks.iter().flat_map(extended::Block::words) {
                body.extend_from_slice(&word.to_be_bytes());
            }
            (XR, 0)
        }
        Packet::Other { packet_type, count, data } => {
            body.extend_from_slice(data);
            (*packet_type, *count)
        }
    };
    body.resize(body.len().next_multiple_of(4), 0);
    let words = u16::try_from(body.len() / 4).unwrap_or(u16::MAX);
    let [l0, l1] = words.to_be_bytes();
    let mut bytes = vec![2 << 6 | (count & 0x1f), packet_type, l0, l1];
    bytes.append(&mut body);
    bytes
}

fn all<T>(body: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) -> u8 {
    let items = items.get(..31).unwrap_or(items);
    for item in items {
        write(body, item);
    }
    u8::try_from(items.len()).unwrap_or(31)
}

fn write_report(body: &mut Vec<u8>, report: &Report) {
    let [_, l0, l1, l2] = report.cumulative_lost.clamp(-(1 << 23), (1 << 23) - 1).to_be_bytes();
    body.extend_from_slice(&report.ssrc.to_be_bytes());
    body.extend_from_slice(&[report.fraction_lost, l0, l1, l2]);
    let Report { highest_sequence, jitter, last_sr, delay_since_last_sr, .. } = report;
    for word in [highest_sequence, jitter, last_sr, delay_since_last_sr] {
        body.extend_from_slice(&word.to_be_bytes());
    }
}

fn write_chunk(body: &mut Vec<u8>, chunk: &Chunk) {
    let start = body.len();
    body.extend_from_slice(&chunk.ssrc.to_be_bytes());
    for (kind, value) in &chunk.items {
        body.push(*kind);
        write_short(body, value);
    }
    body.push(0);
    body.resize(start + (body.len() - start).next_multiple_of(4), 0);
}

fn write_short(body: &mut Vec<u8>, text: &[u8]) {
    let text = text.get(..255).unwrap_or(text);
    body.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    body.extend_from_slice(text);
}
