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
    /// Any other block by its type, or one of the above that is not as it should be: of another length, or
    /// with a value in a field that it says it does not report.
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
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
    /// Time to live or hop limit, with the flag that says which: the least, largest, mean and standard
    /// deviation.
    pub hops: Option<(u8, [u8; 4])>,
}

/// The metrics of a call; 127 of a level or a quality, and 0 of a delay, is "not known".
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Voip {
    /// The source that is reported on.
    pub ssrc: u32,
    /// The part of its packets that was lost, in 1/256.
    pub loss_rate: u8,
    /// The part that came too late or too early to be played, in 1/256.
    pub discard_rate: u8,
    /// The part lost or discarded within bursts, and between them, in 1/256.
    pub density: [u8; 2],
    /// The mean length of bursts, and of the gaps between them, in milliseconds.
    pub duration: [u16; 2],
    /// The round trip, in milliseconds.
    pub round_trip: u16,
    /// The delay within the end system, in milliseconds.
    pub end_system: u16,
    /// Signal level and noise level in dBm0, and residual echo return loss in dB.
    pub levels: [u8; 3],
    /// How many packets have to arrive between two losses that are not of one burst.
    pub gap_minimum: u8,
    /// R factor, 0 to 100.
    pub r_factor: u8,
    /// That of a segment of the call outside of the RTP session.
    pub external_r_factor: u8,
    /// Ten times the mean opinion scores, of listening and of conversation.
    pub mos: [u8; 2],
    /// Concealment of loss and kind of the jitter buffer, as in the field.
    pub configuration: u8,
    /// The nominal delay of the jitter buffer, in milliseconds.
    pub buffer_nominal: u16,
    /// Its delay for the latest packets that it would still play, in milliseconds.
    pub buffer_maximum: u16,
    /// The longest delay that it can have, in milliseconds.
    pub buffer_limit: u16,
}

impl Block {
    /// The block as words; empty for one of another type, which is not kept.
    pub(super) fn words(&self) -> Vec<u32> {
        let (kind, specific, words) = match self {
            Self::ReferenceTime(ntp) => (REFERENCE_TIME, 0, halves(*ntp).to_vec()),
            Self::LastReference(sources) => {
                let words = sources.iter().flat_map(|it| [it.ssrc, it.last, it.delay]);
                (LAST_REFERENCE, 0, words.collect())
            }
            Self::Summary(summary) => (SUMMARY, summary.flags(), summary.words().to_vec()),
            Self::Voip(voip) => (VOIP, 0, voip.words().to_vec()),
            Self::Other(_) => return Vec::new(),
        };
        let [l0, l1] = u16::try_from(words.len()).unwrap_or(u16::MAX).to_be_bytes();
        let mut whole = vec![u32::from_be_bytes([kind, specific, l0, l1])];
        whole.extend(words);
        whole
    }
}

impl Summary {
    fn flags(&self) -> u8 {
        let flag = |said: bool, bit: u8| if said { bit } else { 0 };
        let hops = self.hops.map_or(0, |(flag, _)| (flag & 3) << 3);
        flag(self.lost.is_some(), LOST)
            | flag(self.duplicates.is_some(), DUPLICATES)
            | flag(self.jitter.is_some(), JITTER)
            | hops
    }

    fn words(&self) -> [u32; 9] {
        let (first, end) = self.sequence;
        let [least, largest, mean, deviation] = self.jitter.unwrap_or_default();
        let hops = u32::from_be_bytes(self.hops.map_or([0; 4], |(_, hops)| hops));
        let (lost, duplicates) = (self.lost.unwrap_or(0), self.duplicates.unwrap_or(0));
        let sequence = pair(first, end);
        [self.ssrc, sequence, lost, duplicates, least, largest, mean, deviation, hops]
    }

    /// `None` where a field has a value that its flag says is not reported.
    //= RFC 3611 §4.6
    fn read(flags: u8, words: [u32; 9]) -> Option<Self> {
        let [ssrc, sequence, lost, duplicates, least, largest, mean, deviation, hops] = words;
        let jitter = [least, largest, mean, deviation];
        let reported = |bit: u8, silent: bool| match (flags & bit != 0, silent) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        };
        let [lost_is, duplicates_are, jitter_is, hops_are] = [
            reported(LOST, lost == 0)?,
            reported(DUPLICATES, duplicates == 0)?,
            reported(JITTER, jitter == [0; 4])?,
            reported(HOPS, hops == 0)?,
        ];
        Some(Self {
            ssrc,
            sequence: halved(sequence),
            lost: lost_is.then_some(lost),
            duplicates: duplicates_are.then_some(duplicates),
            jitter: jitter_is.then_some(jitter),
            hops: hops_are.then_some((flags >> 3 & 3, hops.to_be_bytes())),
        })
    }
}

impl Voip {
    //= RFC 3611 §4.7
    fn words(&self) -> [u32; 8] {
        let [burst, gap] = self.density;
        let [burst_length, gap_length] = self.duration;
        let [signal, noise, echo] = self.levels;
        let [listening, conversation] = self.mos;
        let (r_factor, external) = (self.r_factor, self.external_r_factor);
        [
            self.ssrc,
            u32::from_be_bytes([self.loss_rate, self.discard_rate, burst, gap]),
            pair(burst_length, gap_length),
            pair(self.round_trip, self.end_system),
            u32::from_be_bytes([signal, noise, echo, self.gap_minimum]),
            u32::from_be_bytes([r_factor, external, listening, conversation]),
            u32::from(self.configuration) << 24 | u32::from(self.buffer_nominal),
            pair(self.buffer_maximum, self.buffer_limit),
        ]
    }

    fn read(words: [u32; 8]) -> Self {
        let [ssrc, rates, durations, delays, levels, quality, buffer, limits] = words;
        let [loss_rate, discard_rate, burst, gap] = rates.to_be_bytes();
        let (burst_length, gap_length) = halved(durations);
        let (round_trip, end_system) = halved(delays);
        let [signal, noise, echo, gap_minimum] = levels.to_be_bytes();
        let [r_factor, external_r_factor, listening, conversation] = quality.to_be_bytes();
        let [configuration, ..] = buffer.to_be_bytes();
        let (_, buffer_nominal) = halved(buffer);
        let (buffer_maximum, buffer_limit) = halved(limits);
        Self {
            ssrc,
            loss_rate,
            discard_rate,
            density: [burst, gap],
            duration: [burst_length, gap_length],
            round_trip,
            end_system,
            levels: [signal, noise, echo],
            gap_minimum,
            r_factor,
            external_r_factor,
            mos: [listening, conversation],
            configuration,
            buffer_nominal,
            buffer_maximum,
            buffer_limit,
        }
    }
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
        (SUMMARY, words) => Block::Summary(Summary::read(specific, words.try_into().ok()?)?),
        (VOIP, words) => Block::Voip(Voip::read(words.try_into().ok()?)),
        _ => return None,
    })
}

/// The upper and the lower half of a timestamp.
fn halves(ntp: u64) -> [u32; 2] {
    let [upper, lower] = [(ntp >> 32) & 0xffff_ffff, ntp & 0xffff_ffff];
    // Each is within 32 bits.
    [upper, lower].map(|half| u32::try_from(half).unwrap_or(u32::MAX))
}

fn pair(high: u16, low: u16) -> u32 {
    u32::from(high) << 16 | u32::from(low)
}

fn halved(word: u32) -> (u16, u16) {
    let [a, b, c, d] = word.to_be_bytes();
    (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

const REFERENCE_TIME: u8 = 4;
const LAST_REFERENCE: u8 = 5;
const SUMMARY: u8 = 6;
const VOIP: u8 = 7;
/// What the flags of a summary say is reported.
const LOST: u8 = 0x80;
const DUPLICATES: u8 = 0x40;
const JITTER: u8 = 0x20;
const HOPS: u8 = 0x18;

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
        let words = [0x06a0_0009, 5, 0x0001_0010, 3, 0, 10, 40, 20, 6, 0];
        let Block::Summary(summary) = blocks(&words).unwrap().remove(0) else {
            panic!("no summary")
        };
        assert_eq!((summary.ssrc, summary.sequence), (5, (1, 16)));
        assert_eq!((summary.lost, summary.duplicates), (Some(3), None));
        assert_eq!(summary.jitter, Some([10, 40, 20, 6]));
    }

    #[test]
    fn a_summary_with_a_value_that_it_does_not_report_is_none() {
        let words = [0x06a0_0009, 5, 0x0001_0010, 3, 4, 10, 40, 20, 6, 0];
        assert_eq!(blocks(&words).unwrap(), [Block::Other(SUMMARY)]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let summary = Summary {
            ssrc: 5,
            sequence: (65_530, 4),
            lost: Some(3),
            duplicates: None,
            jitter: Some([1, 9, 4, 2]),
            hops: Some((1, [60, 64, 63, 1])),
        };
        let voip = Voip {
            ssrc: 5,
            loss_rate: 12,
            density: [90, 3],
            duration: [120, 4_000],
            round_trip: 80,
            levels: [127; 3],
            gap_minimum: 16,
            r_factor: 93,
            external_r_factor: 127,
            mos: [42, 41],
            configuration: 0x90,
            buffer_nominal: 40,
            buffer_maximum: 80,
            buffer_limit: 300,
            ..Voip::default()
        };
        let last = LastReference { ssrc: 5, last: 0x3344_5566, delay: 65_536 };
        let written = vec![
            Block::ReferenceTime(7 << 32 | 9),
            Block::LastReference(vec![last, last]),
            Block::Summary(summary),
            Block::Voip(voip),
        ];
        let packet = Packet::Extended { ssrc: 9, blocks: written };
        let bytes = super::super::write(std::slice::from_ref(&packet));
        assert_eq!(Compound::read(&bytes).packets, [packet]);
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
