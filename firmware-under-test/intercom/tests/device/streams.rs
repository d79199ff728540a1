//! SIP over byte streams.

use std::net::SocketAddr;
use std::time::Duration;

use crate::world::{header, invite, ms, request, response, sip, within};
use intercom::{Config, Connection, Defects, Device, Output, ResetCause, Settings, Stream};

/// A device and what it asked of its board.
struct Board {
    now: Duration,
    device: Device,
    done: Vec<Output>,
}

const CALLER: Connection = Connection(0x8000_0001);
const PEER: &str = "192.0.2.100:40000";

fn over_tcp(text: &str) -> Vec<u8> {
    let (head, body) = text.split_once("\n\n").unwrap();
    let body = body.replace('\n', "\r\n");
    let head = head.replace("SIP/2.0/UDP", "SIP/2.0/TCP").replace('\n', "\r\n");
    format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Board {
    fn new(at: &str) -> Self {
        let at: SocketAddr = at.parse().unwrap();
        let config = Config {
            sip: at,
            sip_tcp: Some(at),
            sip_tls: Some(SocketAddr::new(at.ip(), 5061)),
            rtp: SocketAddr::new(at.ip(), 4000),
            seed: 1,
            defects: Defects::default(),
            board: "virtual",
            cause: ResetCause::PowerOn,
            unix: None,
        };
        let device = Device::new(Duration::ZERO, config, Settings::default());
        let mut board = Self { now: Duration::ZERO, device, done: Vec::new() };
        board.drain();
        board
    }

    fn drain(&mut self) {
        while let Some(output) = self.device.poll_output() {
            if !matches!(output, Output::Console(_)) {
                self.done.push(output);
            }
        }
    }

    fn type_line(&mut self, line: &str) {
        self.device.handle_console(self.now, format!("{line}\r").as_bytes());
        self.drain();
    }

    fn accept(&mut self) {
        self.device.handle_accepted(self.now, CALLER, Stream::Tcp, PEER.parse().unwrap());
    }

    fn feed(&mut self, on: Connection, bytes: &[u8]) {
        self.device.handle_stream(self.now, on, bytes);
        self.drain();
    }

    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.device.poll_timeout().filter(|&at| at <= end) {
            self.now = self.now.max(at);
            self.device.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// The messages written to a stream since the last time, RTP and others left out.
    fn written(&mut self, on: Connection) -> Vec<String> {
        let done = std::mem::take(&mut self.done).into_iter();
        let written = |output| {
            let Output::Write { connection, bytes } = output else { return None };
            (connection == on).then(|| String::from_utf8(bytes).unwrap())
        };
        done.filter_map(written).collect()
    }

    fn connects(&self) -> Vec<(Connection, Stream, SocketAddr)> {
        let connect = |output: &Output| {
            let Output::Connect { connection, stream, to, .. } = output else { return None };
            Some((*connection, *stream, *to))
        };
        self.done.iter().filter_map(connect).collect()
    }
}

#[test]
fn a_call_comes_over_tcp_in_pieces_and_is_answered_on_its_stream() {
    let mut board = Board::new("192.0.2.0:5060");
    board.type_line("auto-answer on");
    board.accept();
    for byte in over_tcp(&invite("a", "0 8 101")) {
        board.feed(CALLER, &[byte]);
    }
    board.run(ms(400));
    let written = board.written(CALLER);
    let codes: Vec<_> = written.iter().map(|m| m.split(' ').nth(1).unwrap()).collect();
    assert_eq!(codes, ["100", "180", "200"]);
    assert_eq!(header(&written[2], "Contact"), "<sip:intercom@192.0.2.0:5060;transport=tcp>");
    board.feed(CALLER, &over_tcp(&within(&written[2], "ACK", 1, "")));
    board.run(ms(2000));
    assert_eq!(board.written(CALLER), [""; 0], "the 2xx is acknowledged");
    board.feed(CALLER, &over_tcp(&within(&written[2], "BYE", 2, "")));
    assert!(board.written(CALLER)[0].starts_with("SIP/2.0 200"));
}

#[test]
fn requests_over_tcp_are_not_repeated_and_time_out_all_the_same() {
    let mut board = Board::new("192.0.2.0:5060");
    board.type_line("dial sip:desk@192.0.2.100;transport=tcp");
    let [(own, Stream::Tcp, to)] = board.connects()[..] else { panic!("{:?}", board.done) };
    assert_eq!((own, to), (Connection(1), sip(100)));
    board.device.handle_connected(board.now, own);
    board.drain();
    board.run(ms(20_000));
    let written = board.written(own);
    assert_eq!(written.len(), 1);
    assert!(header(&written[0], "Via").starts_with("SIP/2.0/TCP 192.0.2.0:5060;branch="));
    board.feed(own, &over_tcp(&response(&written[0].replace('\r', ""), "486 Busy Here", "")));
    assert!(board.written(own)[0].starts_with("ACK "));
}

#[test]
fn a_stream_that_cannot_be_opened_is_a_503() {
    let mut board = Board::new("192.0.2.0:5060");
    board.type_line("dial sips:desk@192.0.2.100");
    let [(own, Stream::Tls, to)] = board.connects()[..] else { panic!("{:?}", board.done) };
    assert_eq!(to.port(), 5061);
    board.device.handle_closed(board.now, own);
    let mut said = String::new();
    while let Some(output) = board.device.poll_output() {
        if let Output::Console(bytes) = output {
            said.push_str(&String::from_utf8(bytes).unwrap());
        }
    }
    assert!(said.contains("call: ended 503 Service Unavailable"), "{said}");
}

#[test]
fn a_large_request_goes_over_tcp_and_over_udp_where_there_is_none() {
    let mut board = Board::new("[2001:db8::1]:5060");
    board.type_line(&format!("dial sip:{}@[2001:db8::2]", "x".repeat(900)));
    let [(own, Stream::Tcp, _)] = board.connects()[..] else { panic!("{:?}", board.done) };
    board.device.handle_closed(board.now, own);
    board.drain();
    let sent = board.done.iter().find_map(|output| {
        let Output::Datagram { to, bytes, .. } = output else { return None };
        Some((*to, String::from_utf8_lossy(bytes)))
    });
    let (to, text) = sent.unwrap();
    assert_eq!(to, "[2001:db8::2]:5060".parse().unwrap());
    assert!(header(&text, "Via").starts_with("SIP/2.0/UDP [2001:db8::1]:5060;branch="));
    assert_eq!(header(&text, "Contact"), "<sip:intercom@[2001:db8::1]:5060>");
    assert!(text.contains("c=IN IP6 2001:db8::1\r\n"));
}

#[test]
fn the_answer_finds_another_way_when_its_stream_is_gone() {
    let mut board = Board::new("192.0.2.0:5060");
    board.accept();
    board.feed(CALLER, &over_tcp(&invite("a", "0")));
    board.device.handle_closed(board.now, CALLER);
    board.done.clear();
    board.type_line("reject");
    assert_eq!(board.connects(), [(Connection(1), Stream::Tcp, sip(100))]);
}

#[test]
fn a_stream_is_kept_for_the_next_request_and_closed_when_idle() {
    let mut board = Board::new("192.0.2.0:5060");
    board.accept();
    board.feed(CALLER, &over_tcp(&request("OPTIONS", "a", "")));
    board.run(ms(170_000));
    board.feed(CALLER, &over_tcp(&request("OPTIONS", "b", "")));
    assert_eq!(board.written(CALLER).len(), 2);
    board.run(ms(179_000));
    assert!(board.done.is_empty(), "{:?}", board.done);
    board.run(ms(2000));
    assert!(matches!(board.done[..], [Output::Close { connection: CALLER }]), "{:?}", board.done);
}

#[test]
fn what_cannot_be_framed_is_answered_and_closed() {
    let mut board = Board::new("192.0.2.0:5060");
    board.accept();
    board.feed(CALLER, request("OPTIONS", "a", "").replace('\n', "\r\n").as_bytes());
    assert!(matches!(board.done.last(), Some(Output::Close { connection: CALLER })));
    assert!(board.written(CALLER)[0].starts_with("SIP/2.0 400"));
    board.feed(CALLER, &over_tcp(&request("OPTIONS", "b", "")));
    assert_eq!(board.written(CALLER), [""; 0]);
}
