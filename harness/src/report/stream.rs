//! The RTP streams that arrived in a case, packet by packet: what the plots show.

use super::JudgedCase;
use crate::evidence::point::RolePoint;
use crate::evidence::timeline::Seen;
use crate::signal::codec::Codec;
use crate::time::Tick;
use crate::wire::rtp::Packet;
use serde::Serialize;
use std::collections::BTreeSet;

/// One source at one point.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Stream {
    /// The point: `alice.rtp`.
    pub(super) point: String,
    /// The synchronization source.
    pub(super) ssrc: u32,
    /// How many packets arrived, duplicates included.
    pub(super) packets: usize,
    /// How many sequence numbers between the lowest and the highest never arrived.
    pub(super) lost: u64,
    /// How many sequence numbers arrived again.
    pub(super) duplicates: usize,
    /// How many arrived after a higher one.
    pub(super) reordered: usize,
    /// RFC 3550 interarrival jitter, over the run of the estimator.
    pub(super) jitter_ms: Jitter,
    /// Time between arrivals less time between timestamps, without its sign.
    pub(super) deviation_ms: Deviation,
    /// What the plots show.
    #[serde(skip)]
    pub(super) arrivals: Vec<Arrival>,
}

/// The mean and the largest value of the jitter estimate.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Jitter {
    pub(super) mean: f64,
    pub(super) max: f64,
}

/// Percentiles of the deviation.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Deviation {
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// One packet that continues the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// When, in seconds since the case began.
    pub(super) at: f64,
    /// The time since the packet before it, less the time between their timestamps, in milliseconds.
    pub(super) deviation: f64,
    /// The jitter estimate after it, in milliseconds.
    pub(super) jitter: f64,
}

impl Stream {
    /// The G.711 streams that arrived, in the order in which they began.
    pub(super) fn received(case: &JudgedCase) -> Vec<Self> {
        let mut gathered: Vec<Gathered> = Vec::new();
        for entry in case.timeline.entries() {
            let Some((_, RolePoint::Rtp)) = entry.pco.role() else { continue };
            let Seen::Received(datagram) = &entry.seen else { continue };
            let Some(packet) = Packet::read(&datagram.bytes) else { continue };
            let Some(codec) = Codec::of_payload_type(packet.payload_type) else { continue };
            if packet.version != 2 {
                continue;
            }
            let known = gathered
                .iter()
                .position(|stream| stream.pco == entry.pco && stream.ssrc == packet.ssrc);
            let index = known.unwrap_or_else(|| {
                gathered.push(Gathered {
                    pco: entry.pco,
                    ssrc: packet.ssrc,
                    rate: f64::from(codec.clock_rate()),
                    packets: Vec::new(),
                });
                gathered.len() - 1
            });
            if let Some(stream) = gathered.get_mut(index) {
                stream.packets.push((entry.at, packet.sequence, packet.timestamp));
            }
        }
        let name = |pco| {
            let point = case.record.points.iter().find(|point| point.pco == pco);
            point.map_or_else(|| format!("point {}", pco.0), |point| point.name.clone())
        };
        gathered.into_iter().map(|stream| stream.measure(name(stream.pco))).collect()
    }
}

struct Gathered {
    pco: crate::evidence::point::Pco,
    ssrc: u32,
    rate: f64,
    packets: Vec<(Tick, u16, u32)>,
}

impl Gathered {
    fn measure(&self, point: String) -> Stream {
        let mut seen = BTreeSet::new();
        let (mut duplicates, mut reordered) = (0, 0);
        let mut highest: Option<i64> = None;
        for &(_, sequence, _) in &self.packets {
            let extended = highest.map_or(i64::from(sequence), |highest| extend(highest, sequence));
            if !seen.insert(extended) {
                duplicates += 1;
            } else if highest.is_some_and(|highest| extended < highest) {
                reordered += 1;
            }
            highest = highest.max(Some(extended));
        }
        let span = match (seen.first(), seen.last()) {
            (Some(first), Some(last)) => last.abs_diff(*first) + 1,
            _ => 0,
        };
        let arrivals = self.arrivals();
        Stream {
            point,
            ssrc: self.ssrc,
            packets: self.packets.len(),
            lost: span.saturating_sub(seen.len() as u64),
            duplicates,
            reordered,
            jitter_ms: jitter(&arrivals),
            deviation_ms: deviation(&arrivals),
            arrivals,
        }
    }

    //= RFC 3550 §6.4.1
    fn arrivals(&self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        let mut jitter = 0.0;
        for pair in self.packets.windows(2) {
            let [(before, _, earlier), (at, _, later)] = pair else { continue };
            let ticks = later.wrapping_sub(*earlier).cast_signed();
            let arrived = (at.as_nanos() as f64 - before.as_nanos() as f64) / 1e6;
            let deviation = arrived - f64::from(ticks) / self.rate * 1e3;
            jitter += (deviation.abs() - jitter) / 16.0;
            arrivals.push(Arrival { at: at.as_nanos() as f64 / 1e9, deviation, jitter });
        }
        arrivals
    }
}

/// The sequence number nearest to `highest` whose low 16 bits are `sequence`.
fn extend(highest: i64, sequence: u16) -> i64 {
    let low = highest.rem_euclid(65_536);
    let ahead = (i64::from(sequence) - low + 32_768).rem_euclid(65_536) - 32_768;
    highest + ahead
}

fn jitter(arrivals: &[Arrival]) -> Jitter {
    if arrivals.is_empty() {
        return Jitter::default();
    }
    let mean = arrivals.iter().map(|one| one.jitter).sum::<f64>() / arrivals.len() as f64;
    let max = arrivals.iter().map(|one| one.jitter).fold(0.0, f64::max);
    Jitter { mean: round(mean), max: round(max) }
}

fn deviation(arrivals: &[Arrival]) -> Deviation {
    let mut sorted: Vec<f64> = arrivals.iter().map(|one| one.deviation.abs()).collect();
    sorted.sort_by(f64::total_cmp);
    // The nearest rank: the smallest value that at least this share of all does not exceed.
    let rank = |percent: usize| {
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        round(sorted.get(index).copied().unwrap_or_default())
    };
    Deviation { p50: rank(50), p99: rank(99), max: rank(100) }
}

/// Whole microseconds.
fn round(ms: f64) -> f64 {
    (ms * 1e3).round() / 1e3
}
