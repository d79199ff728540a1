use super::super::synthetic::{Sender, Sent, measured, moved};
use super::*;
use crate::signal::Dbm0;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Packets of a tone.
fn tone(sender: &mut Sender, packets: usize) -> Vec<Sent> {
    let samples: Vec<i16> =
        crate::signal::Tone::new(1_004.0, Dbm0(-10.0), Codec::Pcmu).take(160 * packets).collect();
    let frames = samples.chunks(160).map(|frame| {
        sender.payload = Codec::Pcmu.encode(frame);
        sender.packet()
    });
    frames.collect()
}

fn audio(sent: &[Sent]) -> Audio {
    measured(sent, |stream| Audio::of(stream, Codec::Pcmu)).unwrap()
}

#[test]
fn jitter_and_reordering_do_not_tear_the_sound() {
    let mut random = fastrand::Rng::with_seed(1);
    let even = tone(&mut Sender::new(1), 100);
    let mut torn = moved(even.clone(), |at| match at {
        0 => 0.015,
        _ => 0.001 + 0.000_1 * random.f64(),
    });
    torn.swap(10, 11);
    let (even, torn) = (audio(&even), audio(&torn));
    assert_eq!(even.samples, torn.samples);
    let shift = seconds(even.start, torn.start);
    assert!((shift - 0.001_05).abs() < 0.000_02, "{shift}");
    assert_eq!(even.end().since(even.start), 2 * SECOND);
}

#[test]
fn a_missing_packet_is_silence() {
    let mut sent = tone(&mut Sender::new(1), 10);
    let whole = audio(&sent);
    sent.remove(4);
    let heard = audio(&sent);
    assert_eq!(heard.samples.len(), 1_600);
    assert!(heard.samples[640..800].iter().all(|&x| x == 0));
    assert_eq!(heard.samples[800..], whole.samples[800..]);
}

#[test]
fn a_jump_of_the_timestamp_does_not_move_the_sound() {
    let mut sender = Sender::new(1);
    let mut sent = tone(&mut sender, 50);
    sender.timestamp = sender.timestamp.wrapping_add(1 << 30);
    sent.extend(tone(&mut sender, 50));
    assert_eq!(audio(&sent).samples.len(), 16_000);
}

#[test]
fn timestamps_that_run_away_do_not_stretch_the_sound() {
    let mut sender = Sender::new(1);
    let sent = (0..200).flat_map(|_| {
        sender.timestamp = sender.timestamp.wrapping_add(3_000);
        sender.packets(1)
    });
    let heard = audio(&sent.collect::<Vec<_>>());
    assert!(heard.samples.len() < 48_000, "{} samples from 4 s", heard.samples.len());
}

#[test]
fn the_part_between_two_instants_is_cut_out() {
    let heard = audio(&tone(&mut Sender::new(1), 100));
    let part = heard.between(heard.start + SECOND / 2, heard.start + SECOND);
    assert_eq!(part.samples, heard.samples[4_000..8_000]);
    assert_eq!(part.start, heard.start + SECOND / 2);
    assert!(heard.between(Tick::ZERO, heard.start).samples.is_empty());
}

#[test]
fn a_tone_that_comes_late_is_measured_where_it_is() {
    let mut sender = Sender::new(1);
    let mut sent = sender.packets(50);
    sent.extend(tone(&mut sender, 75));
    let heard = audio(&sent);
    let steady = heard.steady();
    assert!((1.4..1.5).contains(&(counted(steady.samples.len()) / 8_000.0)));
    assert!((1.0..1.05).contains(&seconds(heard.start, steady.start)));
    let seen = steady.tone().unwrap();
    assert!(seen.frequency.holds(1_004.0) && seen.frequency.uncertainty < 0.1, "{seen:?}");
    assert!((seen.level.value + 10.0).abs() < 0.05 && seen.sinad.value > 35.0, "{seen:?}");
    assert!((steady.level().unwrap().value + 10.0).abs() < 0.05);
}

#[test]
fn silence_has_neither_tone_nor_level() {
    let heard = audio(&Sender::new(1).packets(20));
    assert_eq!((heard.tone(), heard.level(), heard.steady().samples), (None, None, vec![]));
}
