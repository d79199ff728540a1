use super::*;
use crate::wire::rtcp::Compound;

const FRAME_TIME: Duration = Duration::from_millis(20);

fn at(ms: u64) -> Tick {
    Tick::from_nanos(ms * 1_000_000)
}

fn media() -> Media {
    Media::new(7, "alice@198.51.100.1".into())
}

#[test]
fn audio_is_one_packet_each_20_ms_with_running_numbers() {
    let mut media = media();
    let sound = Sound::Audio {
        payload_type: 0,
        codec: Codec::Pcmu,
        ptime: FRAME_TIME,
        samples: vec![0; 480],
    };
    let packets = media.play(at(100), vec![sound]);
    let read: Vec<_> = packets.iter().map(|(_, bytes)| rtp::Packet::read(bytes).unwrap()).collect();
    assert_eq!(packets.iter().map(|(at, _)| at.as_millis()).collect::<Vec<_>>(), [0, 20, 40]);
    assert_eq!(read[1].sequence, read[0].sequence.wrapping_add(1));
    assert_eq!(read[2].timestamp, read[1].timestamp.wrapping_add(160));
    assert_eq!(read.iter().map(|packet| packet.marker).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn a_digit_keeps_its_timestamp_and_ends_three_times() {
    let mut media = media();
    let (tone, gap) = (Duration::from_millis(100), Duration::from_millis(60));
    let sound = Sound::Digits {
        payload_type: 101,
        digits: "5#".into(),
        tone,
        gap,
        clock_rate: 8_000,
        events: Events::default(),
    };
    let packets = media.play(at(0), vec![sound]);
    let events: Vec<_> = packets
        .iter()
        .map(|(_, bytes)| {
            let packet = rtp::Packet::read(bytes).unwrap();
            (packet.timestamp, Event::read(packet.payload).unwrap())
        })
        .collect();
    assert_eq!(events.len(), 14);
    assert!(events[..7].iter().all(|(timestamp, _)| *timestamp == events[0].0));
    assert_eq!(events.iter().filter(|(_, event)| event.end).count(), 6);
    assert_eq!(events[6].1.duration, 800);
    assert_eq!(events[7].0, events[0].0.wrapping_add(160 * 8));
}

#[test]
fn digits_of_the_other_end_are_heard_once() {
    let (mut ours, mut theirs) = (media(), Media::new(8, "dut".into()));
    let tone = Duration::from_millis(60);
    let sound = Sound::Digits {
        payload_type: 101,
        digits: "11".into(),
        tone,
        gap: tone,
        clock_rate: 8_000,
        events: Events::default(),
    };
    for (offset, bytes) in theirs.play(at(0), vec![sound]) {
        ours.handle_rtp(at(0) + offset, &bytes, Formats { events: Some(101), clock_rate: 8_000 });
    }
    assert_eq!(ours.digits(at(0), Method::Rtp), "11");
    assert_eq!(ours.digits(at(100), Method::Rtp), "1");
}

#[test]
fn a_report_counts_what_was_sent_and_what_was_lost() {
    let mut ours = media();
    let mut theirs = Media::new(8, "dut".into());
    let audio = |n: usize| Sound::Audio {
        payload_type: 0,
        codec: Codec::Pcmu,
        ptime: FRAME_TIME,
        samples: vec![0; 160 * n],
    };
    for (offset, bytes) in ours.play(at(0), vec![audio(10)]) {
        ours.handle_sent(at(0) + offset, &bytes);
    }
    for (n, (offset, bytes)) in theirs.play(at(0), vec![audio(8)]).into_iter().enumerate() {
        if n != 3 && n != 5 {
            ours.handle_rtp(at(0) + offset, &bytes, Formats { events: None, clock_rate: 8_000 });
        }
    }
    assert_eq!(ours.poll_report(at(200), Duration::ZERO), None);
    let due = ours.poll_timeout().unwrap();
    let report = ours.poll_report(due, Duration::from_secs(1)).unwrap();
    let compound = Compound::read(&report);
    assert_eq!(compound.defects, []);
    assert_eq!(compound.cname().unwrap(), "alice@198.51.100.1");
    let rtcp::Packet::SenderReport { sent, reports, .. } = &compound.packets[0] else {
        panic!("{compound:?}")
    };
    assert_eq!((sent.packets, sent.octets), (10, 1_600));
    assert_eq!(sent.ntp >> 32, NTP_EPOCH + 1);
    assert_eq!((reports[0].cumulative_lost, reports[0].fraction_lost), (2, 64));
}

#[test]
fn packets_are_as_long_as_agreed_and_count_the_clock_of_the_codec() {
    let mut media = media();
    let ptime = Duration::from_millis(30);
    let samples = vec![0; Codec::G722.samples_in(ptime) * 2];
    let sound = Sound::Audio { payload_type: 9, codec: Codec::G722, ptime, samples };
    let packets = media.play(at(0), vec![sound]);
    let read: Vec<_> = packets.iter().map(|(_, bytes)| rtp::Packet::read(bytes).unwrap()).collect();
    assert_eq!(packets.iter().map(|(at, _)| at.as_millis()).collect::<Vec<_>>(), [0, 30]);
    assert_eq!(read[1].timestamp.wrapping_sub(read[0].timestamp), 240);
    assert_eq!(read[0].payload.len(), 240);
}

#[test]
fn an_encoder_goes_on_where_it_was() {
    let codec: Codec = "G726-32".parse().unwrap();
    let tone: Vec<i16> =
        crate::signal::Tone::new(440.0, crate::signal::Dbm0(-10.0), codec).take(320).collect();
    let sound = |samples: &[i16]| {
        let samples = samples.to_vec();
        vec![Sound::Audio { payload_type: 96, codec, ptime: FRAME_TIME, samples }]
    };
    let mut media = media();
    let first = media.play(at(0), sound(&tone[..160]));
    let second = media.play(at(20), sound(&tone[160..]));
    let payloads = first.iter().chain(&second).flat_map(|(_, bytes)| bytes[12..].to_vec());
    assert_eq!(payloads.collect::<Vec<u8>>(), codec.encode(&tone));
}
