//! From bytes to packets.

use super::{
    APP, BYE, CNAME, Chunk, Compound, Packet, RR, Report, SDES, SR, SenderInfo, XR, extended,
};
use crate::wire::defect::{Defect, DefectCode};

pub(super) fn read(datagram: &[u8]) -> Compound {
    let mut compound = Compound::default();
    let mut at = 0;
    while let Some(rest) = datagram.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(length) = frame(rest, at, &mut compound.defects) else { break };
        let last = at + length == datagram.len();
        let whole = rest.get(..length).unwrap_or_default();
        let packet = read_packet(whole, at, last, &mut compound.defects);
        compound.packets.push(packet);
        at += length;
    }
    check_compound(&mut compound, datagram.len());
    compound
}

/// The length in bytes of the packet that `rest` begins with, if it fits.
fn frame(rest: &[u8], at: usize, defects: &mut Vec<Defect>) -> Option<usize> {
    let end = at + rest.len();
    let Some(&[first, _, l0, l1]) = rest.first_chunk() else {
        let text = format!("{} byte(s) are fewer than the 4 of a header", rest.len());
        defects.push(Defect::new(DefectCode::RtcpTruncated, at..end, text));
        return None;
    };
    if first >> 6 != 2 {
        let text = format!("the version is {}", first >> 6);
        defects.push(Defect::new(DefectCode::RtcpVersion, at..at + 1, text));
    }
    let length = (usize::from(u16::from_be_bytes([l0, l1])) + 1) * 4;
    if length > rest.len() {
        let text = format!("the packet says {length} bytes, but there are {}", rest.len());
        defects.push(Defect::new(DefectCode::RtcpTruncated, at + 2..at + 4, text));
        return None;
    }
    Some(length)
}

fn read_packet(whole: &[u8], at: usize, last: bool, defects: &mut Vec<Defect>) -> Packet {
    let (first, packet_type) = match whole {
        [first, packet_type, ..] => (*first, *packet_type),
        _ => (0, 0),
    };
    let count = first & 0x1f;
    let mut body = whole.get(4..).unwrap_or_default();
    if first & PADDING != 0 {
        let padding = usize::from(body.last().copied().unwrap_or(0));
        let fits = padding > 0 && padding <= body.len() && padding.is_multiple_of(4);
        if !last || !fits {
            let text = if last { "the padding does not fit" } else { "padding before the end" };
            defects.push(Defect::new(DefectCode::RtcpPadding, at..at + whole.len(), text));
        }
        if fits {
            body = body.get(..body.len() - padding).unwrap_or_default();
        }
    }
    let mut broken_sdes = false;
    let read = match packet_type {
        SR => read_sr(body, count),
        RR => read_rr(body, count),
        SDES => Some(read_sdes(body, count, &mut broken_sdes)),
        BYE => read_bye(body, count),
        APP => read_app(body, count),
        XR => read_extended(body),
        _ => Some(Packet::Other { packet_type, count, data: body.to_vec() }),
    };
    if broken_sdes {
        let text = "a chunk of the source description cannot be read";
        defects.push(Defect::new(DefectCode::RtcpSdesInvalid, at..at + whole.len(), text));
    }
    read.unwrap_or_else(|| {
        let text = format!("a packet of type {packet_type} needs more than {} bytes", whole.len());
        defects.push(Defect::new(DefectCode::RtcpTruncated, at..at + whole.len(), text));
        Packet::Other { packet_type, count, data: body.to_vec() }
    })
}

fn check_compound(compound: &mut Compound, end: usize) {
    let packets = &compound.packets;
    //= RFC 3550 §6.1
    let report = matches!(
        packets.first(),
        Some(Packet::SenderReport { .. } | Packet::ReceiverReport { .. })
    );
    if !report {
        let text = "the first packet is not a sender or receiver report";
        compound.defects.push(Defect::new(DefectCode::RtcpFirstNotReport, 0..0, text));
    }
    if compound.cname().is_none() {
        let text = "no packet gives a CNAME";
        compound.defects.push(Defect::new(DefectCode::RtcpNoCname, end..end, text));
    }
}

fn word(bytes: &mut &[u8]) -> Option<u32> {
    let (word, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*word))
}

fn read_sr(mut body: &[u8], count: u8) -> Option<Packet> {
    let ssrc = word(&mut body)?;
    let (seconds, fraction) = (word(&mut body)?, word(&mut body)?);
    let sent = SenderInfo {
        ntp: u64::from(seconds) << 32 | u64::from(fraction),
        rtp_timestamp: word(&mut body)?,
        packets: word(&mut body)?,
        octets: word(&mut body)?,
    };
    Some(Packet::SenderReport { ssrc, sent, reports: read_reports(body, count)? })
}

fn read_rr(mut body: &[u8], count: u8) -> Option<Packet> {
    let ssrc = word(&mut body)?;
    Some(Packet::ReceiverReport { ssrc, reports: read_reports(body, count)? })
}

fn read_reports(mut body: &[u8], count: u8) -> Option<Vec<Report>> {
    (0..count)
        .map(|_| {
            let ssrc = word(&mut body)?;
            let [fraction_lost, l0, l1, l2] = word(&mut body)?.to_be_bytes();
            // The sign is in the top bit of 24: put them at the top, and shift back with the sign.
            let cumulative_lost = i32::from_be_bytes([l0, l1, l2, 0]) >> 8;
            Some(Report {
                ssrc,
                fraction_lost,
                cumulative_lost,
                highest_sequence: word(&mut body)?,
                jitter: word(&mut body)?,
                last_sr: word(&mut body)?,
                delay_since_last_sr: word(&mut body)?,
            })
        })
        .collect()
}

fn read_sdes(mut body: &[u8], count: u8, broken: &mut bool) -> Packet {
    let mut chunks = Vec::new();
    for _ in 0..count {
        let Some(chunk) = read_chunk(&mut body) else {
            *broken = true;
            break;
        };
        let cname = chunk.items.iter().find(|(kind, _)| *kind == CNAME);
        *broken |= cname.is_some_and(|(_, value)| value.is_empty());
        chunks.push(chunk);
    }
    Packet::SourceDescription(chunks)
}

/// A chunk ends with a null byte and is filled up to whole words.
fn read_chunk(body: &mut &[u8]) -> Option<Chunk> {
    let whole = body.len();
    let ssrc = word(body)?;
    let mut items = Vec::new();
    loop {
        let (&kind, rest) = body.split_first()?;
        if kind == 0 {
            break;
        }
        let (&length, rest) = rest.split_first()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        items.push((kind, value.to_vec()));
        *body = rest;
    }
    let used = whole - body.len() + 1;
    let fill = used.next_multiple_of(4) - used + 1;
    *body = body.get(fill..)?;
    Some(Chunk { ssrc, items })
}

fn read_bye(mut body: &[u8], count: u8) -> Option<Packet> {
    let sources = (0..count).map(|_| word(&mut body)).collect::<Option<Vec<u32>>>()?;
    let reason = match body.split_first() {
        Some((&length, rest)) => {
            let text = rest.get(..usize::from(length))?;
            Some(String::from_utf8_lossy(text).into_owned())
        }
        None => None,
    };
    Some(Packet::Bye { sources, reason })
}

fn read_app(mut body: &[u8], subtype: u8) -> Option<Packet> {
    let ssrc = word(&mut body)?;
    let name = word(&mut body)?.to_be_bytes();
    Some(Packet::App { subtype, ssrc, name, data: body.to_vec() })
}

fn read_extended(mut body: &[u8]) -> Option<Packet> {
    let ssrc = word(&mut body)?;
    Some(Packet::Extended { ssrc, blocks: extended::read(body)? })
}

const PADDING: u8 = 0x20;
