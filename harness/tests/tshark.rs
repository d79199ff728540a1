//! The RTP figures against those of tshark, where it is installed.

use ringtrue::check::measure::{Arrival, Intervals, Jitter, Loss, Measured, Stream};
use ringtrue::time::Tick;
use std::process::Command;
use std::time::Duration;

/// Three packets in a hundred lost, neighbours changed about now and then, up to 6 ms of jitter.
fn impaired() -> Vec<(Tick, Vec<u8>)> {
    let mut random = fastrand::Rng::with_seed(2);
    let mut sent = Vec::new();
    for number in 0..500_u16 {
        if number > 0 && random.u8(..100) < 3 {
            continue;
        }
        let mut bytes = vec![0x80, 0];
        bytes.extend(number.wrapping_add(65_400).to_be_bytes());
        bytes.extend((u32::from(number) * 160).wrapping_add(u32::MAX - 20_000).to_be_bytes());
        bytes.extend(0x1234_5678_u32.to_be_bytes());
        bytes.resize(172, 0xff);
        let late = random.u64(..6_000) + if random.u8(..100) < 4 { 22_000 } else { 0 };
        let at = 1_000_000 + 20_000 * u64::from(number) + late;
        sent.push((Tick::ZERO + Duration::from_micros(at), bytes));
    }
    sent.sort_by_key(|&(at, _)| at);
    sent
}

/// A capture of raw IPv4 with microseconds.
fn pcap(sent: &[(Tick, Vec<u8>)]) -> Vec<u8> {
    let word = |value: usize| u32::try_from(value).unwrap_or_default().to_le_bytes();
    let half = |value: usize| u16::try_from(value).unwrap_or_default().to_be_bytes();
    let mut file = Vec::new();
    for value in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, 101] {
        file.extend(word(value));
    }
    for (at, bytes) in sent {
        let since = at.since(Tick::ZERO);
        let length = 28 + bytes.len();
        file.extend(u32::try_from(since.as_secs()).unwrap_or_default().to_le_bytes());
        file.extend(since.subsec_micros().to_le_bytes());
        file.extend([word(length), word(length)].concat());
        file.extend([0x45, 0]);
        file.extend(half(length));
        file.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        file.extend([half(4_000), half(4_002), half(8 + bytes.len()), half(0)].concat());
        file.extend(bytes);
    }
    file
}

/// The line of `-z rtp,streams` for the only stream, from the packet count on.
fn tshark(capture: &[u8]) -> Option<Vec<f64>> {
    let folder = tempfile::tempdir().ok()?;
    let path = folder.path().join("stream.pcap");
    std::fs::write(&path, capture).ok()?;
    let options = ["-q", "-z", "rtp,streams", "-d", "udp.port==4000,rtp", "-r"];
    let output = Command::new("tshark").args(options).arg(&path).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.contains("0x12345678"))?;
    let after = line.split("g711U").nth(1)?;
    let words = after.replace(['(', ')', '%'], " ");
    Some(words.split_whitespace().filter_map(|word| word.parse().ok()).collect())
}

#[test]
fn loss_jitter_and_intervals_are_those_of_tshark() {
    let sent = impaired();
    let Some(theirs) = tshark(&pcap(&sent)) else {
        #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
        {
            eprintln!("not checked: tshark is not installed or read no stream");
        }
        return;
    };
    let arrivals: Vec<_> = sent.iter().map(|(at, bytes)| Arrival { at: *at, bytes }).collect();
    let streams = Stream::group(&arrivals);
    let stream = &streams[0];
    let loss = Loss::of(stream);
    let jitter = Jitter::of(stream, 8_000, Duration::ZERO).unwrap();
    let intervals = Intervals::of_arrivals(stream, Duration::ZERO).unwrap();
    assert!(loss.lost > 5 && loss.reordered > 5, "{loss:?}");

    // Packets, lost, lost in per cent, then least, mean and largest interval and jitter, in ms.
    let [count, missing, _, _, _, longest, _, mean, largest] = theirs[..] else {
        panic!("tshark's table has changed: {theirs:?}");
    };
    let agrees = |ours: f64, theirs: f64| (ours - theirs).abs() < 0.001;
    let millis = |ours: Measured, theirs: f64| agrees(ours.value * 1e3, theirs);
    assert!(agrees(Measured::count(loss.received).value, count), "{count}: {loss:?}");
    assert!(agrees(Measured::count(loss.lost).value, missing), "{missing}: {loss:?}");
    assert!(millis(intervals.max, longest), "{longest}: {intervals:?}");
    assert!(millis(jitter.mean, mean), "{mean}: {jitter:?}");
    assert!(millis(jitter.max, largest), "{largest}: {jitter:?}");
}

/// The figures of `ringtrue analyze`.
#[cfg(test)]
mod analysed {
    use super::pcap;
    use ringtrue::analysis::{Analyser, Analysis, Wishes};
    use ringtrue::drive::capture;
    use ringtrue::evidence::capture::Next;
    use ringtrue::time::Tick;
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    /// A call whose stream has all that makes figures differ: talkspurts with markers, comfort noise,
    /// telephone events, loss, duplicates, late packets, and both counters running over.
    fn troubled(seed: u64) -> Vec<(Tick, Vec<u8>)> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut sent = Vec::new();
        let (mut timestamp, mut event) = (u32::MAX - 40_000, 0_u16);
        for number in 0..900_u16 {
            let chance = random.u8(..100);
            let pause = chance < 2;
            timestamp = timestamp.wrapping_add(if pause { 4_000 } else { 160 });
            let is_event = number % 200 < 8 && number > 100;
            event = if is_event { event + 1 } else { 0 };
            let kind = if is_event {
                101
            } else if chance == 50 {
                13
            } else {
                0
            };
            let stamp =
                if is_event { timestamp.wrapping_sub(160 * u32::from(event)) } else { timestamp };
            let mut bytes = vec![0x80, kind | u8::from(pause || event == 1) << 7];
            bytes.extend(number.wrapping_add(65_200).to_be_bytes());
            bytes.extend(stamp.to_be_bytes());
            bytes.extend(0x1234_5678_u32.to_be_bytes());
            if is_event {
                let end = u8::from(event > 5) << 7;
                bytes.extend([5, end | 0x0a]);
                bytes.extend((160 * event).to_be_bytes());
            } else {
                bytes.resize(172, 0xff);
            }
            let late = random.u64(..6_000) + if chance > 96 { 25_000 } else { 0 };
            let at = 1_000_000 + 20_000 * u64::from(number) + late;
            let copies = if chance == 60 { 2 } else { usize::from(number == 0 || chance != 61) };
            sent.extend(vec![(Tick::ZERO + Duration::from_micros(at), bytes); copies]);
        }
        sent.sort_by_key(|&(at, _)| at);
        sent
    }

    fn analysed(path: &Path) -> Analysis {
        let mut analyser = Analyser::new(Wishes::default());
        let extent = capture::read(path, |next| {
            if let Next::Frame(frame, _) = next {
                analyser.frame(frame);
            }
        });
        analyser.finish(extent.unwrap().damage)
    }

    /// tshark's columns from the packet count on, by SSRC.
    fn streams(path: &Path, options: &[&str]) -> Option<Vec<(u32, Vec<f64>)>> {
        let fixed = ["-n", "-q", "-z", "rtp,streams", "-r"];
        let output = Command::new("tshark").args(options).args(fixed).arg(path).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let rows = text.lines().filter_map(|line| {
            let (before, after) = line.split_once(" 0x")?;
            let ssrc = u32::from_str_radix(after.get(..8)?, 16).ok()?;
            // The name of the payload may have spaces; the figures begin with a number before `(…%)`.
            let (counts, figures) = after.split_once('(')?;
            let mut counts: Vec<f64> =
                counts.split_whitespace().rev().take(2).filter_map(|it| it.parse().ok()).collect();
            counts.reverse();
            let words = figures.split_once(')')?.1;
            counts.extend(words.split_whitespace().filter_map(|word| word.parse::<f64>().ok()));
            (!before.is_empty()).then_some((ssrc, counts))
        });
        Some(rows.collect())
    }

    /// Compares every stream of a capture; how many there were. `None` without tshark.
    fn compared(path: &Path, options: &[&str]) -> Option<usize> {
        let theirs = streams(path, options)?;
        let analysis = analysed(path);
        for (ssrc, row) in &theirs {
            let stream = analysis.streams.iter().find(|stream| stream.ssrc == *ssrc).unwrap();
            let (lost, delta, jitter) = stream.wireshark;
            let ms = |value: f64| value * 1e3;
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let ours = [
                stream.loss.received as f64,
                lost as f64,
                ms(delta.min.unwrap_or(-1e-3)),
                ms(delta.mean),
                ms(delta.max),
                ms(jitter.min.unwrap_or(-1e-3)),
                ms(jitter.mean),
                ms(jitter.max),
            ];
            assert_eq!(row.len(), ours.len(), "tshark's table has changed: {row:?}");
            for (ours, theirs) in ours.iter().zip(row) {
                assert!(
                    (ours - theirs).abs() < 0.0011,
                    "{ours} is not {theirs}: {row:?} {stream:#?}"
                );
            }
        }
        Some(theirs.len())
    }

    #[test]
    fn the_figures_of_an_analysis_are_those_of_tshark_in_any_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("troubled.pcap");
        for seed in 0..4 {
            std::fs::write(&path, pcap(&troubled(seed))).unwrap();
            if let Some(count) = compared(&path, &["-d", "udp.port==4000,rtp"]) {
                assert_eq!(count, 1, "tshark sees no stream");
            }
        }
    }
}
