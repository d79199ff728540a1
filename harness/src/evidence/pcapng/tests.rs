use super::*;
use crate::evidence::example;
use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use pcap_parser::{Block, PcapBlockOwned, PcapNGReader, traits::PcapReaderIterator};
use std::io::{Cursor, Write as _};
use std::process::Command;
use std::time::Duration;

/// One packet as another program reads it: name, nanoseconds, addresses, payload, direction, comment.
#[derive(Debug, PartialEq)]
struct Read {
    interface: String,
    stamp: u64,
    from: SocketAddr,
    to: SocketAddr,
    payload: Vec<u8>,
    flags: u8,
    comment: String,
}

fn read(file: &[u8]) -> Vec<Read> {
    let mut reader = PcapNGReader::new(1 << 20, Cursor::new(file)).unwrap();
    let (mut names, mut packets) = (Vec::new(), Vec::new());
    loop {
        match reader.next() {
            Ok((consumed, PcapBlockOwned::NG(block))) => {
                if let Block::InterfaceDescription(interface) = &block {
                    assert_eq!(interface.if_tsresol, 9);
                    names.push(interface.if_name().unwrap().unwrap().to_owned());
                } else if let Block::EnhancedPacket(packet) = &block {
                    packets.push(packet_of(&names, packet));
                } else {
                    assert!(matches!(block, Block::SectionHeader(_)), "unexpected {block:?}");
                }
                reader.consume(consumed);
            }
            Ok(_) => panic!("not pcapng"),
            Err(pcap_parser::PcapError::Eof) => return packets,
            Err(pcap_parser::PcapError::Incomplete(_)) => reader.refill().unwrap(),
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn packet_of(names: &[String], packet: &EnhancedPacketBlock<'_>) -> Read {
    let frame = &packet.data[..packet.caplen as usize];
    let sliced = SlicedPacket::from_ethernet(frame).unwrap();
    let Some(TransportSlice::Udp(udp)) = &sliced.transport else { panic!("not UDP") };
    let (from, to) = match sliced.net.as_ref().unwrap() {
        NetSlice::Ipv4(ip) => {
            let ip = ip.header();
            let header = ip.to_header();
            assert_eq!(header.header_checksum, header.calc_header_checksum());
            let sum = udp.to_header().calc_checksum_ipv4(&header, udp.payload()).unwrap();
            assert_eq!(udp.checksum(), sum);
            (ip.source_addr().into(), ip.destination_addr().into())
        }
        NetSlice::Ipv6(ip) => {
            let ip = ip.header();
            let header = ip.to_header();
            let sum = udp.to_header().calc_checksum_ipv6(&header, udp.payload()).unwrap();
            assert_eq!(udp.checksum(), sum);
            (ip.source_addr().into(), ip.destination_addr().into())
        }
        NetSlice::Arp(_) => panic!("ARP"),
    };
    let option = |code: u16| packet.options.iter().find(|option| option.code.0 == code).unwrap();
    Read {
        interface: names[packet.if_id as usize].clone(),
        stamp: u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low),
        from: SocketAddr::new(from, udp.source_port()),
        to: SocketAddr::new(to, udp.destination_port()),
        payload: udp.payload().to_vec(),
        flags: option(2).value[0],
        comment: option(1).as_str().unwrap().to_owned(),
    }
}

#[test]
fn every_datagram_comes_back_as_it_was() {
    let record = example::record("UAS-INV-001", Duration::from_secs(3));
    let timeline = example::call();
    let packets = read(&capture(&record, &timeline, "ringtrue 0.1.0").unwrap());
    let mut datagrams: Vec<_> = timeline
        .entries()
        .iter()
        .filter_map(|entry| {
            if let Seen::Sent(datagram) = &entry.seen {
                Some((entry, datagram, true))
            } else if let Seen::Received(datagram) = &entry.seen {
                Some((entry, datagram, false))
            } else {
                None
            }
        })
        .collect();
    datagrams.sort_by_key(|(entry, ..)| (entry.at, entry.seq));
    assert_eq!(packets.len(), datagrams.len());
    for (packet, (entry, datagram, sent)) in packets.iter().zip(datagrams) {
        let (from, to) = if sent {
            (datagram.local, datagram.remote)
        } else {
            (datagram.remote, datagram.local)
        };
        assert_eq!((packet.from, packet.to), (from, to));
        assert_eq!(packet.payload, datagram.bytes);
        assert_eq!(packet.stamp, record.started_unix_ns + entry.at.as_nanos());
        assert_eq!(packet.flags, if sent { 2 } else { 1 });
        let name = if entry.pco == example::SIP { "alice.sip" } else { "alice.rtp" };
        assert_eq!(packet.interface, name);
    }
    insta::assert_snapshot!(packets[0].comment, @"alice.sip sent in step 1 (entry 5)");
    insta::assert_snapshot!(packets[2].comment, @"alice.sip received, met step 2 (entry 9)");
}

#[test]
fn what_no_capture_was_made_for_still_opens() {
    let record = example::record("X-1", Duration::ZERO);
    let mut timeline = Timeline::default();
    let v4 = "10.0.0.1:5060".parse().unwrap();
    let v6 = "[2001:db8::1]:5060".parse().unwrap();
    let datagram = |local, remote, length| Datagram {
        local,
        remote,
        bytes: vec![7; length],
        connection: None,
    };
    let at = crate::time::Tick::ZERO;
    timeline.record(at, Pco(900), Seen::Sent(datagram(v6, v6, 3)));
    timeline.record(at, example::SIP, Seen::Sent(datagram(v4, v6, 0)));
    timeline.record(at, example::SIP, Seen::Sent(datagram(v4, v4, 70_000)));
    let packets = read(&capture(&record, &timeline, "").unwrap());
    assert_eq!(packets[0].interface, "point 900");
    assert_eq!(packets[1].from, "[::ffff:10.0.0.1]:5060".parse().unwrap());
    assert_eq!(packets[2].payload.len(), 65_507);
    assert!(packets[2].comment.ends_with("; the last 4493 bytes are cut"));
}

#[test]
fn what_passes_between_two_points_of_ours_stands_there_once() {
    let mut record = example::record("X-1", Duration::ZERO);
    let (alice, bob) = (record.points[3].local.unwrap(), "127.0.0.11:5062".parse().unwrap());
    let pco = Pco(6);
    record.points.push(Point { pco, local: Some(bob), ..record.points[3].clone() });
    let mut timeline = Timeline::default();
    let bytes = vec![1, 2, 3];
    let sent = Datagram { local: alice, remote: bob, bytes: bytes.clone(), connection: None };
    timeline.record(crate::time::Tick::ZERO, example::SIP, Seen::Sent(sent));
    let received = Datagram { local: bob, remote: alice, bytes, connection: None };
    timeline.record(crate::time::Tick::from_nanos(5), pco, Seen::Received(received));
    let packets = read(&capture(&record, &timeline, "").unwrap());
    assert_eq!(packets.len(), 1);
    assert_eq!((packets[0].from, packets[0].to, packets[0].flags), (alice, bob, 1));
}

/// Runs tshark over the example; `None`, said on standard error, where it is not installed.
fn tshark(arguments: &[&str]) -> Option<String> {
    let record = example::record("UAS-INV-001", Duration::from_secs(3));
    tshark_of(&capture(&record, &example::call(), "ringtrue").unwrap(), arguments)
}

/// Runs tshark over a capture.
fn tshark_of(capture: &[u8], arguments: &[&str]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(capture).unwrap();
    let output =
        Command::new("tshark").arg("-n").arg("-r").arg(file.path()).args(arguments).output();
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "not tested against tshark: {error}");
            None
        }
    }
}

#[test]
fn wireshark_reads_the_signalling() {
    let fields = ["-Y", "sip", "-T", "fields", "-e", "frame.interface_name"];
    let more = ["-e", "sip.CSeq", "-e", "sip.Status-Code", "-e", "sdp.media.port"];
    let Some(text) = tshark(&[&fields[..], &more[..]].concat()) else { return };
    insta::assert_snapshot!(text, @"
    alice.sip	1 INVITE		40000
    alice.sip	1 INVITE		40000
    alice.sip	1 INVITE	180	
    alice.sip	1 INVITE	200	41000
    alice.sip	1 ACK		
    alice.sip	2 BYE		
    alice.sip	2 BYE	200
    ");
}

#[test]
fn wireshark_finds_the_streams_by_the_session_description() {
    let Some(text) = tshark(&["-q", "-z", "rtp,streams"]) else { return };
    let row = |ssrc: &str| -> Vec<&str> {
        let row = text.lines().find(|line| line.contains(ssrc));
        row.unwrap_or_else(|| panic!("no {ssrc} in {text}")).split_whitespace().collect()
    };
    let from_device = row("0x00D00D00");
    for expected in ["127.0.0.20", "41000", "127.0.0.10", "40000", "g711U", "99", "(1.0%)"] {
        assert!(from_device.contains(&expected), "no {expected} in {from_device:?}");
    }
    // Mean and largest jitter, as the device's made-up packets have it.
    assert!(from_device.contains(&"1.143") && from_device.contains(&"1.568"), "{from_device:?}");
    let from_us = row("0x0A11CE00");
    assert!(from_us.contains(&"telephone-event") && from_us.contains(&"106"), "{from_us:?}");
}

#[test]
fn wireshark_finds_no_checksum_wrong() {
    let check = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    let filter = ["-Y", "udp.checksum.status != 1 || ip.checksum.status != 1 || _ws.malformed"];
    let Some(text) = tshark(&[&check[..], &filter[..]].concat()) else { return };
    assert_eq!(text, "");
}

#[test]
fn wireshark_follows_what_passed_on_a_connection() {
    use crate::wire::{ConnectionId, Transport};
    let record = example::record("X-1", Duration::ZERO);
    let local = record.points[3].local.unwrap();
    let remote = "127.0.0.20:40123".parse().unwrap();
    let connection = ConnectionId::incoming(1);
    let text = "OPTIONS sip:a@127.0.0.10 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.20;branch=z9hG4bK1\r\n\
        From: <sip:b@127.0.0.20>;tag=1\r\nTo: <sip:a@127.0.0.10>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\
        Content-Length: 70000\r\n\r\n".to_owned() + &"x".repeat(70_000);
    let on = |bytes: &[u8]| Datagram {
        local,
        remote,
        bytes: bytes.to_vec(),
        connection: Some(connection),
    };
    let mut timeline = Timeline::default();
    let at = crate::time::Tick::from_nanos;
    let opened = Seen::Opened { connection, transport: Transport::Tcp, local, remote };
    timeline.record(at(1), example::SIP, opened);
    timeline.record(at(2), example::SIP, Seen::Received(on(&text.as_bytes()[..50])));
    timeline.record(at(3), example::SIP, Seen::Received(on(&text.as_bytes()[50..])));
    timeline.record(at(4), example::SIP, Seen::Sent(on(b"\r\n")));
    let file = capture(&record, &timeline, "ringtrue").unwrap();
    let fields = [
        "-T",
        "fields",
        "-e",
        "tcp.flags",
        "-e",
        "tcp.seq",
        "-e",
        "tcp.ack",
        "-e",
        "tcp.len",
        "-e",
        "sip.Method",
    ];
    let Some(text) = tshark_of(&file, &[&["-o", "tcp.check_checksum:TRUE"], &fields[..]].concat())
    else {
        return;
    };
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let expected = [
        ["0x0002", "0", "0", "0", ""],
        ["0x0012", "0", "1", "0", ""],
        ["0x0010", "1", "1", "0", ""],
        ["0x0018", "1", "1", "50", ""],
        ["0x0018", "51", "1", "65495", ""],
        ["0x0018", "65546", "1", "4644", "OPTIONS"],
        ["0x0018", "1", "70190", "2", ""],
    ];
    assert_eq!(rows, expected);
    let wrong =
        ["-Y", "tcp.analysis.flags || tcp.checksum.status == 0", "-o", "tcp.check_checksum:TRUE"];
    assert_eq!(tshark_of(&file, &wrong).unwrap(), "");
}
