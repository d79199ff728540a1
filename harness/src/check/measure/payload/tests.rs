use super::super::synthetic::{Sender, arrivals};
use super::*;
use crate::signal::{Dbm0, Talk, Tone};
use std::time::Duration;

/// What a stream is taken for that is said to be in one codec and is encoded in another.
fn heard(agreed: Codec, sent: Codec, samples: &[i16]) -> Option<Payload> {
    heard_by(1, agreed, sent, samples)
}

/// The same of a sender whose clock is that many times too fast.
fn heard_by(haste: u32, agreed: Codec, sent: Codec, samples: &[i16]) -> Option<Payload> {
    let frame = Duration::from_millis(20);
    let mut encoder = sent.encoder();
    let mut sender = Sender::new(1);
    let packets: Vec<_> = samples
        .chunks_exact(sent.samples_in(frame))
        .map(|samples| {
            sender.payload = encoder.encode(samples);
            let timestamp = sender.timestamp.wrapping_add(haste * sent.ticks_in(frame));
            let packet = sender.packet();
            sender.timestamp = timestamp;
            packet
        })
        .collect();
    let arrivals = arrivals(&packets);
    Payload::of(&Stream::group(&arrivals)[0], agreed)
}

fn sounds(codec: Codec) -> [Vec<i16>; 2] {
    let count = codec.samples_in(Duration::from_secs(2));
    let stereo = |mono: &mut dyn Iterator<Item = i16>| {
        let channels = usize::from(codec.channels());
        mono.flat_map(|it| std::iter::repeat_n(it, channels)).take(count).collect::<Vec<i16>>()
    };
    [
        stereo(&mut Tone::new(1_004.0, Dbm0(-10.0), codec)),
        stereo(&mut Talk::new(4, Dbm0(-20.0), codec)),
    ]
}

#[test]
fn what_is_right_is_taken_for_right() {
    for codec in Codec::ALL {
        for sound in sounds(codec) {
            assert_eq!(heard(codec, codec, &sound), Some(Payload::Is(codec)), "{codec}");
        }
    }
}

#[test]
fn the_wrong_law_packing_or_rate_is_named() {
    // At 16 kbit/s the noise of the codec itself hides it.
    let g726 = [Rate::Kbit24, Rate::Kbit32, Rate::Kbit40].map(|rate| [rate; 2]).concat();
    let packings = [(Packing::Little, Packing::Big), (Packing::Big, Packing::Little)].repeat(3);
    let swapped = g726.into_iter().zip(packings);
    let swapped = swapped.map(|(rate, (a, b))| (Codec::G726(rate, a), Codec::G726(rate, b)));
    let wrong = [
        (Codec::Pcmu, Codec::Pcma),
        (Codec::Pcma, Codec::Pcmu),
        (Codec::G726(Rate::Kbit32, Packing::Little), Codec::G726(Rate::Kbit24, Packing::Little)),
    ];
    let mut missed = Vec::new();
    for (agreed, sent) in wrong.into_iter().chain(swapped) {
        for (sound, what) in sounds(sent).iter().zip(["tone", "talk"]) {
            let found = heard(agreed, sent, sound);
            if found != Some(Payload::Is(sent)) {
                missed.push(format!("{what} in {sent} as {agreed}: {found:?}"));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn g722_by_the_clock_of_its_samples_is_named() {
    for sound in sounds(Codec::G722) {
        let found = heard_by(2, Codec::G722, Codec::G722, &sound);
        assert_eq!(found, Some(Payload::HastyG722));
    }
}

#[test]
fn the_wrong_byte_order_is_named() {
    for codec in Codec::ALL.into_iter().filter(|codec| codec.name() == "L16") {
        for sound in sounds(codec) {
            let sound: Vec<i16> = sound.iter().map(|sample| sample.swap_bytes()).collect();
            let found = heard(codec, codec, &sound).unwrap();
            assert_eq!(found.to_string(), format!("{codec} with its bytes swapped"));
        }
    }
}

#[test]
fn silence_tells_nothing() {
    assert_eq!(heard(Codec::Pcmu, Codec::Pcmu, &[0; 8_000]), None);
}
