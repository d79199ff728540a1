//! Report blocks of extended reports (RFC 3611).

/// One report block of an XR packet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Block {
    /// Receiver reference time (RFC 3611 §4.4): when the packet was sent, as an NTP timestamp.
    ReferenceTime(u64),
    /// DLRR (§4.5): for each source, the last reference time from it and how long ago it came.
    LastReference(Vec<LastReference>),
    /// Statistics summary (§4.6).
    Summary(Summary),
    /// Metrics of a call, `VoIP Metrics` (§4.7).
    Voip(Voip),
    /// Any other block, or one of the above that is too short for what it should hold.
    Other(u8),
}

/// One source of a DLRR block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastReference {
    /// The source.
    pub ssrc: u32,
    /// The middle of the NTP time of its last receiver reference time; 0 for none.
    pub last: u32,
    /// How long ago that came, in 1/65,536 s.
    pub delay: u32,
}

/// A statistics summary: what of it is not reported is absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Summary {
    /// The source that is reported on.
    pub ssrc: u32,
    /// The first sequence number that it is about, and the one after the last.
    pub sequence: (u16, u16),
    /// Packets lost.
    pub lost: Option<u32>,
    /// Packets that came more than once.
    pub duplicates: Option<u32>,
    /// The least, largest, mean and standard deviation of the jitter, in units of the RTP clock.
    pub jitter: Option<[u32; 4]>,
}

/// The metrics of a call; 127 of a quality, and 0 of a delay, is "not known".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Voip {
    /// The source that is reported on.
    pub ssrc: u32,
    /// The part of its packets that was lost, in 1/256.
    pub loss_rate: u8,
    /// The part that came too late or too early to be played, in 1/256.
    pub discard_rate: u8,
    /// The round trip, in milliseconds.
    pub round_trip: u16,
    /// The delay within the end system, in milliseconds.
    pub end_system: u16,
    /// R factor, 0 to 100.
    pub r_factor: u8,
    /// Ten times the mean opinion scores, of listening and of conversation.
    pub mos: [u8; 2],
    /// The nominal delay of the jitter buffer, in milliseconds.
    pub buffer_nominal: u16,
    /// Its delay for the latest packets that it would still play, in milliseconds.
    pub buffer_maximum: u16,
}

/// The blocks of an XR packet, as far as they can be read; `None` where one does not fit.
pub(super) fn read(mut body: &[u8]) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    while let Some((&[kind, specific, l0, l1], rest)) = body.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([l0, l1])) * 4;
        let (content, after) = rest.split_at_checked(length)?;
        let words: Vec<u32> =
            content.as_chunks().0.iter().copied().map(u32::from_be_bytes).collect();
        blocks.push(block(kind, specific, &words).unwrap_or(Block::Other(kind)));
        body = after;
    }
    body.is_empty().then_some(blocks)
}

fn block(kind: u8, specific: u8, words: &[u32]) -> Option<Block> {
    Some(match (kind, words) {
        (REFERENCE_TIME, &[seconds, fraction]) => {
            Block::ReferenceTime(u64::from(seconds) << 32 | u64::from(fraction))
        }
        (LAST_REFERENCE, words) if words.len().is_multiple_of(3) => {
            let sources = words.as_chunks().0.iter();
            let source = |&[ssrc, last, delay]: &[u32; 3]| LastReference { ssrc, last, delay };
            Block::LastReference(sources.map(source).collect())
        }
        (SUMMARY, &[ssrc, sequence, lost, duplicates, least, largest, mean, deviation, _]) => {
            let [b0, b1, e0, e1] = sequence.to_be_bytes();
            Block::Summary(Summary {
                ssrc,
                sequence: (u16::from_be_bytes([b0, b1]), u16::from_be_bytes([e0, e1])),
                lost: (specific & 0x80 != 0).then_some(lost),
                duplicates: (specific & 0x40 != 0).then_some(duplicates),
                jitter: (specific & 0x20 != 0).then_some([least, largest, mean, deviation]),
            })
        }
        (VOIP, &[ssrc, rates, _, delays, _, quality, buffer, limits]) => {
            let [loss_rate, discard_rate, ..] = rates.to_be_bytes();
            let [r0, r1, e0, e1] = delays.to_be_bytes();
            let [r_factor, _, listening, conversation] = quality.to_be_bytes();
            let [_, _, n0, n1] = buffer.to_be_bytes();
            let [m0, m1, ..] = limits.to_be_bytes();
            Block::Voip(Voip {
                ssrc,
                loss_rate,
                discard_rate,
                round_trip: u16::from_be_bytes([r0, r1]),
                end_system: u16::from_be_bytes([e0, e1]),
                r_factor,
                mos: [listening, conversation],
                buffer_nominal: u16::from_be_bytes([n0, n1]),
                buffer_maximum: u16::from_be_bytes([m0, m1]),
            })
        }
        _ => return None,
    })
}

const REFERENCE_TIME: u8 = 4;
const LAST_REFERENCE: u8 = 5;
const SUMMARY: u8 = 6;
const VOIP: u8 = 7;

#[cfg(test)]
mod tests {
    use super::super::{Compound, Packet, XR};
    use super::*;

    /// A compound of an empty receiver report and an XR with some words after its SSRC.
    fn blocks(words: &[u32]) -> Option<Vec<Block>> {
        let mut data = 9_u32.to_be_bytes().to_vec();
        data.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        let extended = Packet::Other { packet_type: XR, count: 0, data };
        let report = Packet::ReceiverReport { ssrc: 9, reports: Vec::new() };
        let bytes = super::super::write(&[report, extended]);
        let read = Compound::read(&bytes).packets.remove(1);
        if let Packet::Extended { ssrc: 9, blocks } = read { Some(blocks) } else { None }
    }

    #[test]
    fn reference_times_there_and_back() {
        let there = blocks(&[0x0400_0002, 7, 0x8000_0000]).unwrap();
        assert_eq!(there, [Block::ReferenceTime(7 << 32 | 0x8000_0000)]);
        let back = blocks(&[0x0500_0003, 1, 2, 3]).unwrap();
        assert_eq!(
            back,
            [Block::LastReference(vec![LastReference { ssrc: 1, last: 2, delay: 3 }])]
        );
    }

    #[test]
    fn a_summary_says_what_its_flags_say() {
        let words = [0x06a0_0009, 5, 0x0001_0010, 3, 4, 10, 40, 20, 6, 0];
        let Block::Summary(summary) = blocks(&words).unwrap().remove(0) else {
            panic!("no summary")
        };
        assert_eq!((summary.ssrc, summary.sequence), (5, (1, 16)));
        assert_eq!((summary.lost, summary.duplicates), (Some(3), None));
        assert_eq!(summary.jitter, Some([10, 40, 20, 6]));
    }

    #[test]
    fn metrics_of_a_call() {
        let words =
            [0x0700_0008, 5, 0x1005_0000, 0, 0x0050_0028, 0, 0x5d7f_2a29, 0x0000_0028, 0x0050_0064];
        let Block::Voip(voip) = blocks(&words).unwrap().remove(0) else { panic!("no metrics") };
        assert_eq!((voip.loss_rate, voip.discard_rate), (16, 5));
        assert_eq!((voip.round_trip, voip.end_system), (80, 40));
        assert_eq!((voip.r_factor, voip.mos), (93, [42, 41]));
        assert_eq!((voip.buffer_nominal, voip.buffer_maximum), (40, 80));
    }

    #[test]
    fn what_is_unknown_or_too_short_is_another_and_what_does_not_fit_is_no_packet() {
        assert_eq!(blocks(&[0x0400_0001, 7]).unwrap(), [Block::Other(4)]);
        assert_eq!(blocks(&[0x2a00_0000]).unwrap(), [Block::Other(42)]);
        assert_eq!(blocks(&[0x0400_0002, 7]), None);
    }
}
