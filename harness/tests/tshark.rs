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
