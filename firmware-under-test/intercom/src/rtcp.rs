//! RTCP: reports out, sender reports in, and what they are made of. RFC 3550 §6 and appendix A.

pub(crate) mod extended;

use std::time::Duration;

use crate::defects::{Defect, Defects};
use crate::rtp::Packet;
use extended::{Extended, Wanted};

/// What has been received from the other side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reception {
    ssrc: u32,
    /// Sequence number of the first packet.
    base: u32,
    /// Highest sequence number, with the count of its cycles above it.
    highest: u32,
    received: u32,
    expected_before: u32,
    received_before: u32,
    transit: Option<i64>,
    /// Interarrival jitter in timestamp units, times 16.
    jitter: i64,
    /// The last sender report's NTP time, and when it came.
    last_report: Option<(u64, Duration)>,
    extended: Extended,
}

/// What has been sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) ssrc: u32,
    /// RTP timestamp that corresponds to now.
    pub(crate) timestamp: u32,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

impl Reception {
    /// Counts a packet that arrived at `now`.
    pub(crate) fn count(&mut self, now: Duration, packet: &Packet) {
        let sequence = u32::from(packet.sequence);
        if self.received == 0 || packet.ssrc != self.ssrc {
            *self =
                Self { ssrc: packet.ssrc, base: sequence, highest: sequence, ..Self::default() };
        }
        self.received += 1;
        let [high, low] = [self.highest & 0xffff_0000, self.highest & 0xffff];
        let ahead = sequence.wrapping_sub(low) & 0xffff;
        if ahead < 0x8000 && ahead > 0 {
            let cycle = if sequence < low { 0x1_0000 } else { 0 };
            self.highest = high.wrapping_add(cycle) | sequence;
        }
        let arrival = i64::try_from(now.as_micros() / 125).unwrap_or_default();
        let transit = arrival - i64::from(packet.timestamp);
        let mut change = 0;
        if let Some(before) = self.transit.replace(transit) {
            // Timestamps wrap; only the difference counts.
            let difference = ((transit - before) << 32 >> 32).abs();
            self.jitter += difference - ((self.jitter + 8) >> 4);
            change = u32::try_from(difference).unwrap_or(u32::MAX);
        }
        let behind = self.highest.wrapping_sub(sequence) & 0xffff;
        self.extended.count(self.highest.wrapping_sub(behind), change);
    }

    /// Whether a packet is of another source than the one that is received.
    pub(crate) const fn is_of_another(&self, packet: &Packet) -> bool {
        self.received > 0 && packet.ssrc != self.ssrc
    }

    /// Whether a packet of this source was overtaken by a later one.
    pub(crate) fn is_overtaken(&self, packet: &Packet) -> bool {
        let behind = self.low().wrapping_sub(packet.sequence);
        self.received > 0 && packet.ssrc == self.ssrc && (1..0x8000).contains(&behind)
    }

    /// Whether the last packet of this source comes once more.
    pub(crate) fn has_seen(&self, packet: &Packet) -> bool {
        self.received > 0 && packet.ssrc == self.ssrc && packet.sequence == self.low()
    }

    /// Whether the sequence number has gone far ahead at once.
    pub(crate) fn has_jumped(&self, packet: &Packet) -> bool {
        let ahead = packet.sequence.wrapping_sub(self.low());
        self.received > 0 && packet.ssrc == self.ssrc && (1_000..0x8000).contains(&ahead)
    }

    fn low(&self) -> u16 {
        u16::try_from(self.highest & 0xffff).unwrap_or_default()
    }

    /// Takes RTCP that arrived at `now`.
    pub(crate) fn handle_rtcp(&mut self, now: Duration, bytes: &[u8]) {
        // In a compound packet the sender report comes first.
        if let Some(&[flags, 200, _, _, _, _, _, _, n7, n6, n5, n4, n3, n2, n1, n0]) =
            bytes.first_chunk()
            && flags >> 6 == 2
        {
            let ntp = u64::from_be_bytes([n7, n6, n5, n4, n3, n2, n1, n0]);
            self.last_report = Some((ntp, now));
        }
        self.extended.handle(now, bytes);
    }

    /// The source that is received, its highest number, and the part of its packets that was lost, in 1/256.
    fn about(&self) -> Option<(u32, u32, u8)> {
        let expected = self.highest.wrapping_sub(self.base).wrapping_add(1);
        let lost = u64::from(expected.saturating_sub(self.received)) << 8;
        let rate = u8::try_from(lost / u64::from(expected.max(1))).unwrap_or(u8::MAX);
        (self.received > 0).then_some((self.ssrc, self.highest, rate))
    }

    /// The report block, and the start of the next interval; `None` if nothing was received.
    fn block(&mut self, now: Duration, defects: &Defects) -> Option<Vec<u8>> {
        if self.received == 0 || defects.has(Defect::RTCP_NO_BLOCK) {
            return None;
        }
        let expected = self.highest.wrapping_sub(self.base).wrapping_add(1);
        let lost = i64::from(expected) - i64::from(self.received);
        let expected_now = expected.wrapping_sub(self.expected_before);
        let lost_now = i64::from(expected_now) - i64::from(self.received - self.received_before);
        self.expected_before = expected;
        self.received_before = self.received;
        let fraction =
            if expected_now == 0 { 0 } else { (lost_now << 8) / i64::from(expected_now) };
        let mut fraction = u8::try_from(fraction.clamp(0, 255)).unwrap_or_default();
        if defects.has(Defect::RTCP_FRACTION_ZERO) {
            fraction = 0;
        }
        let lost = if defects.has(Defect::RTCP_LOSS_HIDDEN) { 0 } else { lost };
        let [_, _, _, _, _, l2, l1, l0] = lost.clamp(-0x80_0000, 0x7f_ffff).to_be_bytes();
        let (report, since) = self.reference(now, defects);
        let stuck = defects.has(Defect::RTCP_HIGHEST_STUCK);
        let highest = if stuck { self.base } else { self.highest };
        let jitter = if defects.has(Defect::RTCP_JITTER_ZERO) { 0 } else { self.jitter };
        let mut block = self.ssrc.to_be_bytes().to_vec();
        block.extend([fraction, l2, l1, l0]);
        block.extend(highest.to_be_bytes());
        block.extend(u32::try_from(jitter >> 4).unwrap_or(u32::MAX).to_be_bytes());
        block.extend(report.to_be_bytes());
        block.extend(since.to_be_bytes());
        Some(block)
    }

    /// Which sender report came last, and how long ago.
    //= RFC 3550 §6.4.1
    fn reference(&self, now: Duration, defects: &Defects) -> (u32, u32) {
        let part =
            |ntp: u64, shift: u32| u32::try_from(ntp >> shift & 0xffff_ffff).unwrap_or_default();
        match self.last_report {
            Some((ntp, at)) => {
                let since = now.saturating_sub(at);
                let shift = if defects.has(Defect::RTCP_LSR_WRONG) { 0 } else { 16 };
                let delay = if defects.has(Defect::RTCP_DLSR_MILLIS) {
                    u32::try_from(since.as_millis()).unwrap_or(u32::MAX)
                } else {
                    ntp_short(since)
                };
                (part(ntp, shift), delay)
            }
            None if defects.has(Defect::RTCP_LSR_INVENTED) => (ntp(now).0 << 16 | 1, 1),
            None => (0, 0),
        }
    }

    /// A compound packet: a sender report if `sent`, else a receiver report, and the CNAME; with
    /// `bye`, the goodbye too.
    pub(crate) fn report(
        &mut self,
        now: Duration,
        sent: Sent,
        sender: Sender,
        (cname, bye): (&str, Bye),
        wanted: Wanted,
        defects: &Defects,
    ) -> Vec<u8> {
        let ssrc = sent.ssrc.to_be_bytes();
        let block = self.block(now, defects);
        let mut body = ssrc.to_vec();
        if sender == Sender::Active {
            let slow = defects.has(Defect::RTCP_NTP_SLOW);
            let (seconds, fraction) = ntp(if slow { now / 2 } else { now });
            for word in [seconds, fraction, sent.timestamp, sent.packets, sent.octets] {
                body.extend(word.to_be_bytes());
            }
        }
        let count = u8::from(block.is_some());
        body.extend(block.unwrap_or_default());
        let kind = if sender == Sender::Active { 200 } else { 201 };
        let report = packet(kind, count, &body);
        let mut chunk = ssrc.to_vec();
        chunk.push(1);
        chunk.push(u8::try_from(cname.len()).unwrap_or(u8::MAX));
        chunk.extend(cname.bytes().take(255));
        chunk.push(0);
        chunk.resize(chunk.len().next_multiple_of(4), 0);
        let description = packet(202, 1, &chunk);
        let mut bytes = if defects.has(Defect::RTCP_WITHOUT_CNAME) {
            report
        } else if defects.has(Defect::RTCP_SDES_FIRST) {
            [description, report].concat()
        } else {
            [report, description].concat()
        };
        let about = self.about();
        bytes.extend(self.extended.report(now, sent.ssrc, about, wanted, defects));
        if bye == Bye::Yes {
            bytes.extend(packet(203, 1, &ssrc));
        }
        bytes
    }
}

/// Whether the device sent RTP since its last two reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sender {
    Active,
    Silent,
}

/// Whether the device leaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Bye {
    Yes,
    No,
}

/// Whether a datagram at the port of media is RTCP, by its packet type.
//= RFC 5761 §4
pub(crate) fn is_report(bytes: &[u8]) -> bool {
    matches!(bytes, [first, 192..=223, ..] if first >> 6 == 2)
}

/// Whether an RTCP datagram has an extended report.
pub(crate) fn has_extended(datagram: &[u8]) -> bool {
    extended::packets(datagram).any(|packet| packet.get(1) == Some(&207))
}

/// Time to the next report: RFC 3550 §6.3.1 for two members, where the minimum governs.
pub(crate) fn interval(rng: &mut fastrand::Rng, initial: bool) -> Duration {
    let least = if initial { 2.5 } else { 5.0 };
    Duration::from_secs_f64(least * (0.5 + rng.f64()) / (1.0f64.exp() - 1.5))
}

fn packet(kind: u8, count: u8, body: &[u8]) -> Vec<u8> {
    let words = u16::try_from(body.len() / 4).unwrap_or_default();
    let mut bytes = vec![0x80 | count, kind];
    bytes.extend(words.to_be_bytes());
    bytes.extend(body);
    bytes
}

/// NTP time on the device's own clock, which nothing has set.
fn ntp(now: Duration) -> (u32, u32) {
    let seconds = u32::try_from(now.as_secs()).unwrap_or_default();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    (EPOCH.wrapping_add(seconds), u32::try_from(fraction).unwrap_or_default())
}

/// Units of 1/65536 s.
fn ntp_short(span: Duration) -> u32 {
    u32::try_from(span.as_micros() * 65_536 / 1_000_000).unwrap_or(u32::MAX)
}

/// NTP seconds that the device's clock starts from.
const EPOCH: u32 = 3_900_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> Packet {
        Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 5, payload: vec![] }
    }

    #[test]
    fn loss_and_jitter_are_counted() {
        let mut reception = Reception::default();
        for (ms, sequence, timestamp) in [(0, 65534, 0), (20, 65535, 160), (64, 1, 480)] {
            reception.count(Duration::from_millis(ms), &packet(sequence, timestamp));
        }
        let block = reception.block(Duration::from_millis(70), &Defects::default()).unwrap();
        // One of four lost; highest is cycle 1, number 1; jitter 32/16 = 2 units.
        assert_eq!(block[4..16], [64, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 2]);
    }

    #[test]
    fn a_report_is_whole_words_and_ends_with_bye() {
        let sent = Sent { ssrc: 1, timestamp: 2, packets: 3, octets: 4 };
        let now = Duration::from_secs(1);
        let (members, defects) = (("a@b", Bye::Yes), Defects::default());
        let mut reception = Reception::default();
        let wanted = Wanted::default();
        let bytes = reception.report(now, sent, Sender::Active, members, wanted, &defects);
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!((bytes[1], bytes[29], bytes[bytes.len() - 7]), (200, 202, 203));
    }
}
