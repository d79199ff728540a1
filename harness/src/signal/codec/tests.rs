use super::*;
use crate::signal::{Dbm0, Sine, Talk, Tone};

#[test]
fn a_name_and_a_payload_type_lead_back_to_the_codec() {
    for codec in Codec::ALL {
        assert_eq!(codec.to_string().to_lowercase().parse(), Ok(codec));
        assert_eq!(Codec::of(codec.name(), codec.clock_rate(), codec.channels()), Some(codec));
        if let Some(payload_type) = codec.payload_type() {
            assert_eq!(Codec::of_payload_type(payload_type), Some(codec));
        }
    }
    let stereo = Codec::L16(SampleRate::Hz44100, Channels::Stereo);
    assert_eq!(Codec::of_payload_type(10), Some(stereo));
    assert_eq!(Codec::of_payload_type(3), None);
    for unknown in ["GSM", "G722/16000", "L16/11025", "L16/8000/3", "L16/8000/2/1", ""] {
        assert_eq!(unknown.parse::<Codec>(), Err(UnknownCodec(unknown.into())));
    }
}

#[test]
fn the_clock_of_g722_is_not_its_sampling_rate() {
    assert_eq!((Codec::G722.clock_rate(), Codec::G722.sample_rate()), (8_000, 16_000));
    let frame = Duration::from_millis(20);
    assert_eq!((Codec::G722.ticks_in(frame), Codec::G722.samples_in(frame)), (160, 320));
    let stereo = Codec::L16(SampleRate::Hz44100, Channels::Stereo);
    assert_eq!((stereo.ticks_in(frame), stereo.samples_in(frame)), (882, 1_764));
}

#[test]
fn silence_is_the_byte_of_rfc_3551() {
    assert_eq!((Codec::Pcmu.encode(&[0]), Codec::Pcma.encode(&[0])), (vec![0xff], vec![0xd5]));
}

#[test]
fn l16_is_in_network_byte_order() {
    let codec = Codec::L16(SampleRate::Hz16000, Channels::Mono);
    assert_eq!(codec.encode(&[0x1234, -2]), [0x12, 0x34, 0xff, 0xfe]);
    assert_eq!(codec.decode(&[0x12, 0x34, 0xff, 0xfe, 0x55]), [0x1234, -2]);
}

#[test]
fn a_frame_of_20_ms_has_the_octets_of_its_rate() {
    let octets = Codec::ALL.map(|codec| {
        let frame = vec![0; codec.samples_in(Duration::from_millis(20))];
        codec.encode(&frame).len()
    });
    let l16 = [320, 640, 1_764, 1_920, 640, 1_280, 3_528, 3_840];
    assert_eq!(octets[..11], [160, 160, 160, 40, 60, 80, 100, 40, 60, 80, 100]);
    assert_eq!(octets[11..], l16);
}

#[test]
fn a_tone_comes_back_at_its_level_and_as_clean_as_the_codec_lets_it() {
    for codec in Codec::ALL.into_iter().filter(|codec| codec.channels() == 1) {
        let count = codec.samples_in(Duration::from_secs(1));
        let tone: Vec<i16> = Tone::new(1_004.0, Dbm0(-10.0), codec).take(count).collect();
        let heard = codec.decode(&codec.encode(&tone));
        let sine = Sine::fit(&heard[count / 10..], codec).unwrap();
        let floor = match codec {
            Codec::Pcmu | Codec::Pcma | Codec::G722 => 35.0,
            Codec::G726(Rate::Kbit16, _) => 10.0,
            Codec::G726(Rate::Kbit24, _) => 18.0,
            Codec::G726(..) => 25.0,
            Codec::L16(..) => 80.0,
        };
        assert!((sine.level.value + 10.0).abs() < 0.5, "{codec}: {sine:?}");
        assert!((sine.frequency.value - 1_004.0).abs() < 0.5, "{codec}: {sine:?}");
        assert!(sine.sinad.value > floor, "{codec}: {sine:?}");
    }
}

#[test]
fn what_is_encoded_in_pieces_is_what_is_encoded_at_once() {
    for codec in Codec::ALL {
        let talk: Vec<i16> = Talk::new(5, Dbm0(-16.0), codec).take(9_600).collect();
        let (mut encoder, mut decoder) = (codec.encoder(), codec.decoder());
        let bytes: Vec<Vec<u8>> = talk.chunks(960).map(|part| encoder.encode(part)).collect();
        assert_eq!(bytes.concat(), codec.encode(&talk), "{codec}");
        let heard: Vec<i16> = bytes.iter().flat_map(|part| decoder.decode(part)).collect();
        assert_eq!(heard, codec.decode(&bytes.concat()), "{codec}");
    }
}
