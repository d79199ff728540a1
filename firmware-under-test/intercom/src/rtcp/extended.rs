//! Extended reports: RFC 3611.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{ntp, ntp_short, packet};
use crate::defects::{Defect, Defects};

/// The extended reports that the other side asks for in its description.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Wanted {
    /// Receiver reference times, and answers to its own.
    pub(crate) reference: bool,
    pub(crate) summary: bool,
    pub(crate) voip: bool,
}

impl Wanted {
    /// Reads the value of `a=rtcp-xr`; formats that the device does not know are passed over.
    //= RFC 3611 §5.1
    pub(crate) fn parse(value: &str) -> Self {
        let mut wanted = Self::default();
        for format in value.split_ascii_whitespace() {
            match format.split(['=', ':']).next().unwrap_or_default() {
                "rcvr-rtt" => wanted.reference = true,
                "stat-summary" => wanted.summary = true,
                "voip-metrics" => wanted.voip = true,
                _ => {}
            }
        }
        wanted
    }

    /// The attribute that says so, if there is anything to say.
    pub(crate) fn attribute(self) -> Option<String> {
        let formats = [
            (self.reference, "rcvr-rtt=all"),
            (self.summary, "stat-summary=loss,dup,jitt"),
            (self.voip, "voip-metrics"),
        ];
        let said: Vec<_> = formats.iter().filter(|(it, _)| *it).map(|(_, name)| *name).collect();
        (!said.is_empty()).then(|| format!("rtcp-xr:{}", said.join(" ")))
    }
}

/// What extended reports are made of, of the source that is received.
#[derive(Clone, Debug, Default)]
pub(super) struct Extended {
    /// Packets since the last summary: how often each number came.
    seen: BTreeMap<u32, u32>,
    /// The number that the next summary begins with.
    begin: Option<u32>,
    /// How many changes of the transit time there were, their least, largest, sum and sum of squares.
    changes: (u32, u32, u32, u64, u64),
    /// The other side's last reference time: its source, the middle of it, and when it came.
    reference: Option<(u32, u64, Duration)>,
}

impl Extended {
    /// Counts a packet by its number, continued beyond 16 bits, and by how much its transit time differs
    /// from that of the one before.
    pub(super) fn count(&mut self, number: u32, change: u32) {
        if number < *self.begin.get_or_insert(number) {
            return;
        }
        *self.seen.entry(number).or_default() += 1;
        let (count, least, largest, sum, squares) = self.changes;
        let (least, wide) = (if count == 0 { change } else { least }, u64::from(change));
        self.changes = (
            count + 1,
            least.min(change),
            largest.max(change),
            sum + wide,
            squares.saturating_add(wide * wide),
        );
    }

    /// Takes the packets of an RTCP datagram that arrived at `now`.
    pub(super) fn handle(&mut self, now: Duration, datagram: &[u8]) {
        for blocks in packets(datagram).filter_map(|it| it.strip_prefix(&[0x80, 207])) {
            let Some((&[_, _, s3, s2, s1, s0], mut rest)) = blocks.split_first_chunk() else {
                continue;
            };
            let source = u32::from_be_bytes([s3, s2, s1, s0]);
            while let Some((&[kind, _, high, low], after)) = rest.split_first_chunk() {
                let length = usize::from(u16::from_be_bytes([high, low])) * 4;
                let Some((block, after)) = after.split_at_checked(length) else { break };
                if let (4, Ok(ntp)) = (kind, <[u8; 8]>::try_from(block)) {
                    self.reference = Some((source, u64::from_be_bytes(ntp), now));
                }
                rest = after;
            }
        }
    }

    /// The extended report, if there is anything in it. `highest` is the highest number that came, of
    /// source `source`; `lost` is the part of its packets that was lost, in 1/256.
    pub(super) fn report(
        &mut self,
        now: Duration,
        ssrc: u32,
        about: Option<(u32, u32, u8)>,
        wanted: Wanted,
        defects: &Defects,
    ) -> Vec<u8> {
        let mut body = ssrc.to_be_bytes().to_vec();
        let mut block = |kind: u8, specific: u8, words: &[u32]| {
            let length = u16::try_from(words.len()).unwrap_or_default().to_be_bytes();
            body.extend([kind, specific]);
            body.extend(length);
            body.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        };
        if wanted.reference {
            let (seconds, fraction) = ntp(now);
            block(4, 0, &[seconds, fraction]);
            if let Some((source, last, at)) = self.reference {
                let shift = if defects.has(Defect::XR_LRR_WRONG) { 0 } else { 16 };
                let last = u32::try_from(last >> shift & 0xffff_ffff).unwrap_or_default();
                let since = now.saturating_sub(at);
                let delay = if defects.has(Defect::XR_DLRR_MILLIS) {
                    u32::try_from(since.as_millis()).unwrap_or(u32::MAX)
                } else {
                    ntp_short(since)
                };
                block(5, 0, &[source, last, delay]);
            }
        }
        if let Some((source, highest, lost)) = about {
            if wanted.summary {
                let summary = self.summary(source, highest, defects);
                block(6, 0xe0, &summary);
            }
            if wanted.voip {
                block(7, 0, &voip(source, lost, defects));
            }
        }
        if body.len() > 4 { packet(207, 0, &body) } else { Vec::new() }
    }

    /// The words of a statistics summary, and the start of the next one.
    //= RFC 3611 §4.6
    fn summary(&mut self, source: u32, highest: u32, defects: &Defects) -> [u32; 9] {
        let end = highest.wrapping_add(1);
        let begin = self.begin.replace(end).unwrap_or(end);
        let seen = std::mem::take(&mut self.seen);
        let came = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        let copies: u32 = seen.values().map(|copies| copies - 1).sum();
        let lost = end.wrapping_sub(begin).saturating_sub(came);
        let hidden = |defect, count| if defects.has(defect) { 0 } else { count };
        let (count, least, largest, sum, squares) = std::mem::take(&mut self.changes);
        let count = u64::from(count.max(1));
        let mean = sum / count;
        let deviation = (squares / count).saturating_sub(mean * mean).isqrt();
        let word = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let hops = if defects.has(Defect::XR_UNREPORTED_SET) { 0x4040_4000 } else { 0 };
        [
            source,
            (begin & 0xffff) << 16 | end & 0xffff,
            hidden(Defect::XR_LOSSES_HIDDEN, lost),
            hidden(Defect::XR_DUPLICATES_HIDDEN, copies),
            least,
            largest,
            word(mean),
            word(deviation),
            hops,
        ]
    }
}

/// The words of the metrics of a call. The device does not tell bursts apart: all of it is one gap.
//= RFC 3611 §4.7
fn voip(source: u32, lost: u8, defects: &Defects) -> [u32; 8] {
    let lost = if defects.has(Defect::XR_LOSS_RATE_ZERO) { 0 } else { lost };
    let unknown = 127;
    let quality = u32::from_be_bytes([unknown; 4]);
    let levels = u32::from_be_bytes([unknown, unknown, unknown, 16]);
    [source, u32::from_be_bytes([lost, 0, 0, lost]), 0, 0, levels, quality, JITTER_BUFFER, 0]
}

/// The packets of an RTCP datagram, as far as their lengths can be right.
pub(super) fn packets(datagram: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let &[_, _, high, low] = rest.first_chunk()?;
        let length = (usize::from(u16::from_be_bytes([high, low])) + 1) * 4;
        let (packet, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(packet)
    })
}

/// The nominal delay of the jitter buffer, in milliseconds; it does not adapt (binary 10 of the
/// configuration), and conceals loss as it likes (binary 00).
const JITTER_BUFFER: u32 = 0x2000_0028;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_and_said() {
        let wanted = Wanted::parse("pkt-loss-rle=200 rcvr-rtt=all:4096 stat-summary=loss");
        assert_eq!(wanted, Wanted { reference: true, summary: true, voip: false });
        let said = wanted.attribute().unwrap();
        assert_eq!(said, "rtcp-xr:rcvr-rtt=all stat-summary=loss,dup,jitt");
        assert_eq!(Wanted::parse("voip").attribute(), None);
    }

    #[test]
    fn a_summary_counts_what_is_missing_and_what_came_twice() {
        let mut extended = Extended::default();
        for (number, change) in [(65_534, 0), (65_535, 4), (65_535, 4), (65_538, 16)] {
            extended.count(number, change);
        }
        let words = extended.summary(5, 65_538, &Defects::default());
        assert_eq!(words, [5, 0xfffe_0003, 2, 1, 0, 16, 6, 6, 0]);
        let next = extended.summary(5, 65_538, &Defects::default());
        assert_eq!(next[1..4], [0x0003_0003, 0, 0]);
    }

    #[test]
    fn a_reference_time_is_answered() {
        let mut extended = Extended::default();
        let mut datagram = vec![0x80, 201, 0, 1, 0, 0, 0, 9];
        datagram.extend([0x80, 207, 0, 4, 0, 0, 0, 9, 4, 0, 0, 2]);
        datagram.extend([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
        extended.handle(Duration::from_secs(1), &datagram);
        let wanted = Wanted { reference: true, ..Wanted::default() };
        let now = Duration::from_secs(3);
        let report = extended.report(now, 5, None, wanted, &Defects::default());
        assert_eq!(report[20..24], [5, 0, 0, 3]);
        assert_eq!(report[24..], [0, 0, 0, 9, 0x33, 0x44, 0x55, 0x66, 0, 2, 0, 0]);
        // Cut anywhere, it is passed over.
        for end in 0..datagram.len() {
            extended.handle(now, &datagram[..end]);
        }
        let silent = extended.report(now, 5, None, Wanted::default(), &Defects::default());
        assert!(silent.is_empty());
    }
}
