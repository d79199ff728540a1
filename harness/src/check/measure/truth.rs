//! A known truth, and what is reported of it with which uncertainty.
//!
//! Streams are sent through the seeded network of `impair`, stamped with an error, and measured; truth is
//! counted from what the network says that it did, by code that shares nothing with the figures.
//! `ci/truth` prints the table: truth, report and share within the stated uncertainty.

use super::skew::skew;
use super::{
    Arrival, Audio, Event, Intervals, Jitter, Latency, Loss, Measured, Meter, Stream, Unit, rtcp,
};
use super::{meter::Seen, wireshark::Kind};
use crate::impair::{self, Fate, Impairer, Impairment, Reorder};
use crate::signal::dtmf::{self, Dialling, Digit};
use crate::signal::{Codec, Dbm0, Estimate, Talk};
use crate::time::Tick;
use crate::wire::rtcp::{Packet, Report, SenderInfo, write};
use crate::wire::telephone_event;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// How far a stamp may be off.
const STAMP: Duration = Duration::from_micros(50);
const TRIALS: u64 = 40;
const PACKETS: u32 = 1_500;
const SECOND: f64 = 1e9;

/// Truth and report of each trial, by figure.
#[derive(Default)]
struct Table(Vec<(&'static str, Vec<(f64, Measured)>)>);

impl Table {
    fn note(&mut self, figure: &'static str, truth: f64, reported: Measured) {
        if !self.0.iter().any(|(known, _)| *known == figure) {
            self.0.push((figure, Vec::new()));
        }
        let row = self.0.iter_mut().find(|(known, _)| *known == figure);
        row.unwrap().1.push((truth, reported));
    }

    /// The table, and the figures of which less than the share was within.
    fn told(&self, least: f64) -> (String, Vec<&'static str>) {
        let mut text = format!(
            "{:<34} {:>7} {:>14} {:>24} {:>14} {:>8}\n",
            "figure", "trials", "truth", "reported", "largest error", "within"
        );
        let mut wrong = Vec::new();
        for (figure, row) in &self.0 {
            let shown = |value, unit| Measured { value, uncertainty: 0.0, unit }.to_string();
            let (truth, reported) = row[row.len() / 2];
            let error = |(truth, it): &(f64, Measured)| (it.value - truth).abs();
            let largest = row.iter().map(error).fold(0.0, f64::max);
            let within =
                row.iter().filter(|(truth, it)| it.holds(*truth) || error(&(*truth, *it)) < 1e-9);
            let share = real(within.count()) / real(row.len());
            if share < least {
                wrong.push(*figure);
            }
            let (truth, largest) = (shown(truth, reported.unit), shown(largest, reported.unit));
            let (reported, percent) = (reported.to_string(), share * 1e2);
            let _ = writeln!(
                text,
                "{figure:<34} {:>7} {truth:>14} {reported:>24} {largest:>14} {percent:>6.1} %",
                row.len()
            );
        }
        (text, wrong)
    }
}

/// One packet that arrived.
struct Came {
    number: u32,
    /// When it did, in nanoseconds.
    truly: f64,
    stamped: Tick,
    bytes: Vec<u8>,
}

/// A stream of a device whose clock is `ppm` fast, through an impaired network.
fn through(asked: Impairment, ppm: f64, seed: u64) -> Vec<Came> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut network = Impairer::new(asked, seed);
    let mut came = Vec::new();
    for number in 0..PACKETS {
        let sent = SECOND + f64::from(number) * 0.02 * SECOND / (1.0 + ppm * 1e-6);
        let mut bytes = vec![0x80, 0];
        bytes.extend(u16::try_from((number + 65_000) & 0xffff).unwrap().to_be_bytes());
        bytes.extend(number.wrapping_mul(160).wrapping_sub(90_000).to_be_bytes());
        bytes.extend([0, 0, 0, 9]);
        bytes.resize(172, 0xff);
        let Fate::Carried { delay, copies } = network.carry(tick(sent), bytes.len()) else {
            continue;
        };
        for copy in 0..copies {
            let truly = sent + delay.as_secs_f64() * SECOND + f64::from(copy) * 5_000.0;
            came.push(Came { number, truly, stamped: Tick::ZERO, bytes: bytes.clone() });
        }
    }
    came.sort_by(|a, b| a.truly.total_cmp(&b.truly));
    for it in &mut came {
        it.stamped = tick(it.truly + (2.0 * random.f64() - 1.0) * STAMP.as_secs_f64() * SECOND);
    }
    came
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nanoseconds of a run")]
fn tick(nanos: f64) -> Tick {
    Tick::from_nanos(nanos.round() as u64)
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// What is true of a stream: lost, duplicates, reordered, the longest burst.
fn counts(came: &[Came]) -> [f64; 4] {
    let mut copies: BTreeMap<u32, u32> = BTreeMap::new();
    let (mut highest, mut reordered) = (None, 0);
    for it in came {
        let copy = copies.entry(it.number).or_default();
        *copy += 1;
        if *copy == 1 && highest.is_some_and(|highest| it.number < highest) {
            reordered += 1;
        }
        highest = highest.max(Some(it.number));
    }
    let numbers: Vec<u32> = copies.keys().copied().collect();
    let gaps: Vec<u32> = numbers.windows(2).map(|pair| pair[1] - pair[0] - 1).collect();
    let duplicates: u32 = copies.values().map(|copies| copies - 1).sum();
    let longest = gaps.iter().copied().max().unwrap_or_default();
    [gaps.iter().sum(), duplicates, reordered, longest].map(f64::from)
}

/// The jitter after the last packet, by the words of RFC 3550 §6.4.1.
fn jitter(came: &[Came]) -> f64 {
    let transit = |it: &Came| it.truly / SECOND - f64::from(it.number) * 0.02;
    let changes = came.windows(2).map(|pair| (transit(&pair[1]) - transit(&pair[0])).abs());
    changes.fold(0.0, |jitter, change| jitter + (change - jitter) / 16.0)
}

/// The smallest time between two arrivals that so many of them do not exceed.
fn interarrival(came: &[Came], part: f64) -> f64 {
    let mut times: Vec<f64> =
        came.windows(2).map(|pair| (pair[1].truly - pair[0].truly) / SECOND).collect();
    times.sort_by(f64::total_cmp);
    let below = times.iter().enumerate().find(|(at, _)| real(at + 1) >= part * real(times.len()));
    *below.unwrap().1
}

fn media(table: &mut Table, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let asked = Impairment {
        delay: Duration::from_millis(random.u64(5..60)),
        jitter: Some(impair::Jitter::Uniform(Duration::from_micros(random.u64(500..9_000)))),
        loss: Some(if random.bool() {
            impair::Loss::random(0.05 * random.f64())
        } else {
            impair::Loss::bursts(0.001 + 0.05 * random.f64(), 1.5 + 6.0 * random.f64())
        }),
        duplicate: 0.03 * random.f64(),
        reorder: Some(Reorder { part: 0.03 * random.f64(), by: Duration::from_millis(45) }),
        rate: None,
    };
    let ppm = 400.0 * random.f64() - 200.0;
    let came = through(asked, ppm, seed);
    let arrivals: Vec<_> =
        came.iter().map(|it| Arrival { at: it.stamped, bytes: &it.bytes }).collect();
    let streams = Stream::group(&arrivals);
    let stream = &streams[0];
    let mut meter = Meter::default();
    for it in &came {
        let number = u16::try_from((it.number + 65_000) & 0xffff).unwrap();
        let timestamp = it.number.wrapping_mul(160).wrapping_sub(90_000);
        meter.push(Seen::new(it.stamped, false, number, timestamp, Kind::Media(8_000)));
    }
    meter.finish();
    let [lost, duplicates, reordered, burst] = counts(&came);
    let counted = Loss::of(stream);
    assert_eq!(counted, meter.loss());
    table.note("packets lost", lost, Measured::count(counted.lost));
    table.note("duplicates", duplicates, Measured::count(counted.duplicates));
    table.note("reordered", reordered, Measured::count(counted.reordered));
    table.note("longest burst of loss", burst, Measured::count(counted.longest_burst));
    let truth = jitter(&came);
    table.note("jitter", truth, Jitter::of(stream, 8_000, STAMP).unwrap().last);
    table.note("jitter (analyze)", truth, meter.jitter(STAMP).unwrap().last);
    let live = Intervals::of_arrivals(stream, STAMP).unwrap();
    let metered = meter.arrivals(STAMP).unwrap();
    table.note("interarrival p50", interarrival(&came, 0.5), live.p50);
    table.note("interarrival p99", interarrival(&came, 0.99), live.p99);
    table.note("interarrival p99 (analyze)", interarrival(&came, 0.99), metered.p99);
    table.note("interarrival max", interarrival(&came, 1.0), live.max);
    table.note("clock skew", ppm * 1e-6, skew(stream, 8_000, STAMP).unwrap());
    table.note("clock skew (analyze)", ppm * 1e-6, meter.skew(STAMP).unwrap());
}

/// Talk that comes back so much later.
fn latency(table: &mut Table, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let codec = Codec::Pcmu;
    let talk: Vec<i16> = Talk::new(seed, Dbm0(-16.0), codec).take(5 * 8_000).collect();
    let (samples, rest) = (random.usize(0..3_200), random.f64() * 0.02);
    let late = [&vec![0; samples], &talk[..]].concat();
    let mut packets = |samples: &[i16], from: f64| -> Vec<(Tick, Vec<u8>)> {
        let frames = samples.chunks_exact(160).zip(0_u16..);
        let packets = frames.map(|(frame, number)| {
            let mut bytes = vec![0x80, 0];
            bytes.extend(number.to_be_bytes());
            bytes.extend((u32::from(number) * 160).to_be_bytes());
            bytes.extend([0, 0, 0, 9]);
            bytes.extend(codec.encode(frame));
            let error = (2.0 * random.f64() - 1.0) * STAMP.as_secs_f64();
            (tick((1.0 + from + f64::from(number) * 0.02 + error) * SECOND), bytes)
        });
        packets.collect()
    };
    let (sent, received) = (packets(&talk, 0.0), packets(&late, rest));
    let audio = |packets: &[(Tick, Vec<u8>)]| {
        let arrivals: Vec<_> =
            packets.iter().map(|(at, bytes)| Arrival { at: *at, bytes }).collect();
        Audio::of(&Stream::group(&arrivals)[0], codec).unwrap()
    };
    let found =
        Latency::of(&audio(&sent), &audio(&received), Duration::from_secs(1), STAMP).unwrap();
    assert!(found.is_clear());
    table.note("loop latency", real(samples) / 8_000.0 + rest, found.latency);
}

/// A report that answers one of ours.
fn round_trip(table: &mut Table, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let (trip, held) = (0.001 + 0.2 * random.f64(), 2.0 * random.f64());
    let sent = SenderInfo { ntp: random.u64(1 << 40..), ..SenderInfo::default() };
    let ours = write(&[Packet::SenderReport { ssrc: 1, sent, reports: Vec::new() }]);
    let mut stamped =
        |at: f64| tick((at + (2.0 * random.f64() - 1.0) * STAMP.as_secs_f64()) * SECOND);
    let [out, back] = [stamped(1.0), stamped(1.0 + trip + held)];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two seconds")]
    let delay_since_last_sr = (held * 65_536.0).round() as u32;
    let block =
        Report { ssrc: 1, last_sr: sent.compact_ntp(), delay_since_last_sr, ..Report::default() };
    let theirs = write(&[Packet::ReceiverReport { ssrc: 2, reports: vec![block] }]);
    let report = |at, bytes: &[u8]| rtcp::reports(&[Arrival { at, bytes }]);
    let found = rtcp::round_trip(&report(back, &theirs), &report(out, &ours), STAMP).unwrap();
    table.note("round trip by RTCP", trip, found);
}

/// A digit as telephone events, and one as tones, both off by so much.
fn digits(table: &mut Table, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let ticks = random.u16(320..4_000);
    let packets: Vec<_> = (0..8_u16)
        .map(|number| {
            let duration = if number < 5 { ticks / 6 * (number + 1) } else { ticks };
            let event = telephone_event::Event { code: 5, end: number >= 5, volume: 10, duration };
            let mut bytes = vec![0x80, if number == 0 { 0xe5 } else { 0x65 }];
            bytes.extend(number.to_be_bytes());
            bytes.extend([0, 0, 0, 1, 0, 0, 0, 9]);
            bytes.extend(event.write());
            (Tick::from_nanos(1_000_000_000 + 20_000_000 * u64::from(number)), bytes)
        })
        .collect();
    let arrivals: Vec<_> = packets.iter().map(|(at, bytes)| Arrival { at: *at, bytes }).collect();
    let events = Event::of(&Stream::group(&arrivals)[0], 8_000);
    assert_eq!((events.len(), events[0].end_packets), (1, 3));
    table.note("telephone event, duration", f64::from(ticks) / 8_000.0, events[0].duration);

    let codec = [Codec::Pcmu, Codec::Pcma][random.usize(..2)];
    let dialling = Dialling {
        on: Duration::from_millis(random.u64(45..300)),
        off: Duration::from_millis(60),
        level: Dbm0(-25.0 + 18.0 * random.f64()),
        twist: 9.0 * random.f64() - 6.0,
        offset: 0.03 * random.f64() - 0.015,
    };
    let digit = Digit::of_event(random.u8(..16)).unwrap();
    let before = random.usize(800..1_600);
    let samples: Vec<i16> =
        std::iter::repeat_n(0, before).chain(dialling.samples([digit], codec)).collect();
    let samples = codec.decoder().decode(&codec.encode(&samples));
    let heard = dtmf::detect(&samples, codec);
    assert_eq!(heard.iter().map(|it| it.digit).collect::<Vec<_>>(), [digit], "seed {seed}");
    let seconds = |it: Estimate| Measured {
        value: it.value / 8_000.0,
        uncertainty: it.uncertainty / 8_000.0,
        unit: Unit::Seconds,
    };
    let level = |dbm0: Dbm0| Measured { value: dbm0.0, uncertainty: 0.5, unit: Unit::Dbm0 };
    let offset = |value| Measured { value, uncertainty: 0.002, unit: Unit::Ratio };
    table.note("tones, begin", real(before) / 8_000.0, seconds(heard[0].start));
    table.note("tones, duration", dialling.on.as_secs_f64(), seconds(heard[0].length));
    table.note("tones, level of the low one", dialling.level.0, level(heard[0].low.level));
    let high = dialling.level.0 + dialling.twist;
    table.note("tones, level of the high one", high, level(heard[0].high.level));
    table.note("tones, frequency off (low)", dialling.offset, offset(heard[0].low.offset));
    table.note("tones, frequency off (high)", dialling.offset, offset(heard[0].high.offset));
}

#[test]
fn what_is_reported_holds_the_truth() {
    let mut table = Table::default();
    for seed in 1..=TRIALS {
        media(&mut table, seed);
        round_trip(&mut table, seed);
        digits(&mut table, seed);
        if seed % 4 == 0 {
            latency(&mut table, seed);
        }
    }
    let (text, wrong) = table.told(0.97);
    print(&text);
    assert_eq!(wrong, Vec::<&str>::new(), "\n{text}");
}

#[expect(clippy::print_stdout, reason = "ci/truth shows it")]
fn print(text: &str) {
    println!(
        "stamps are off by up to {STAMP:?}; every stream, network and digit is of another seed\n{text}"
    );
}
