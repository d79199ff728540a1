//! A network of devices and scripted peers in virtual time, one millisecond from end to end.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use intercom::{Config, Defects, Device, Output, Port, ResetCause, Settings};

/// Answers a datagram with datagrams.
type Peer = Box<dyn FnMut(&str) -> Vec<String>>;

/// Everything that is going on.
pub(crate) struct World {
    pub(crate) now: Duration,
    devices: Vec<Config>,
    running: Vec<Device>,
    peers: Vec<(SocketAddr, Peer)>,
    wire: Vec<Flight>,
    /// What each device said on its console.
    pub(crate) consoles: Vec<String>,
    /// Every datagram that was sent.
    pub(crate) sent: Vec<Flight>,
}

/// A datagram on its way.
#[derive(Clone, Debug)]
pub(crate) struct Flight {
    pub(crate) at: Duration,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// SIP address of device `n`; peers are at 100 and up.
pub(crate) fn sip(n: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, n], 5060))
}

impl World {
    /// A world with that many devices, all with those defects, just booted.
    pub(crate) fn new(count: u8, defects: &Defects) -> Self {
        let mut world = Self {
            now: Duration::ZERO,
            devices: Vec::new(),
            running: Vec::new(),
            peers: Vec::new(),
            wire: Vec::new(),
            consoles: vec![String::new(); usize::from(count)],
            sent: Vec::new(),
        };
        for n in 0..count {
            let rtp = SocketAddr::from(([192, 0, 2, n], 4000));
            let cause = ResetCause::PowerOn;
            let config = Config {
                sip: sip(n),
                sip_tcp: None,
                sip_tls: None,
                rtp,
                seed: u64::from(n),
                defects: defects.clone(),
                board: "virtual",
                cause,
                unix: None,
            };
            world.running.push(Device::new(world.now, config.clone(), Settings::default()));
            world.devices.push(config);
        }
        world.drain();
        world
    }

    /// A peer that answers as `peer` does.
    pub(crate) fn peer(&mut self, at: SocketAddr, peer: impl FnMut(&str) -> Vec<String> + 'static) {
        self.peers.push((at, Box::new(peer)));
    }

    /// Types a line on the console of device `n`.
    pub(crate) fn type_line(&mut self, n: usize, line: &str) {
        self.running[n].handle_console(self.now, format!("{line}\r").as_bytes());
        self.drain();
    }

    /// Sends text from a peer, with line ends made CRLF.
    pub(crate) fn send(&mut self, from: SocketAddr, to: SocketAddr, text: &str) {
        self.send_bytes(from, to, text.replace('\n', "\r\n").into_bytes());
    }

    pub(crate) fn send_bytes(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        let flight = Flight { at: self.now, from, to, bytes };
        self.sent.push(flight.clone());
        self.wire.push(flight);
    }

    /// Lets `span` pass.
    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now + span;
        loop {
            let arrival = self.wire.iter().map(|f| f.at + ms(1)).min();
            let timers = self.running.iter().filter_map(Device::poll_timeout).min();
            let next = arrival.into_iter().chain(timers).min().filter(|&at| at <= end);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            self.deliver();
            for device in &mut self.running {
                if device.poll_timeout().is_some_and(|at| at <= self.now) {
                    device.handle_timeout(self.now);
                }
            }
            self.drain();
        }
        self.now = end;
    }

    /// The SIP messages so far, one a line.
    pub(crate) fn ladder(&self) -> String {
        let mut ladder = String::new();
        for Flight { at, from, to, bytes } in self.sent.iter().filter(|f| f.to.port() == 5060) {
            let text = String::from_utf8_lossy(bytes);
            let first = text.lines().next().unwrap_or_default();
            let words: Vec<_> = first.split(' ').collect();
            let what = if words[0] == "SIP/2.0" { words[1] } else { words[0] };
            let (at, from, to) = (at.as_millis(), from.ip(), to.ip());
            let (from, to) = (last(from), last(to));
            writeln!(ladder, "{at:>6} {from} -> {to} {what}").unwrap();
        }
        ladder
    }

    /// When a message whose first line contains `what` went out, in milliseconds.
    pub(crate) fn times(&self, what: &str) -> Vec<u128> {
        let first = |f: &&Flight| {
            let text = String::from_utf8_lossy(&f.bytes);
            text.lines().next().unwrap_or_default().contains(what)
        };
        self.sent.iter().filter(first).map(|f| f.at.as_millis()).collect()
    }

    /// The last SIP message that went to `to`.
    pub(crate) fn last_to(&self, to: SocketAddr) -> String {
        let flight = self.sent.iter().rev().find(|f| f.to == to);
        flight.map(|f| String::from_utf8_lossy(&f.bytes).into_owned()).unwrap_or_default()
    }

    /// Everything observable, for comparing two worlds.
    pub(crate) fn trace(&self) -> String {
        let mut trace = self.consoles.concat();
        for Flight { at, from, to, bytes } in &self.sent {
            writeln!(trace, "{at:?} {from} {to} {}", bytes.escape_ascii()).unwrap();
        }
        let lines = trace.lines().filter(|line| !line.contains("boot: defects"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn deliver(&mut self) {
        let (arrived, wire) =
            std::mem::take(&mut self.wire).into_iter().partition(|f| f.at + ms(1) <= self.now);
        self.wire = wire;
        for Flight { from, to, bytes, .. } in arrived {
            for (config, device) in self.devices.iter().zip(&mut self.running) {
                let mut rtcp = config.rtp;
                rtcp.set_port(config.rtp.port() + 1);
                let ports = [(config.sip, Port::Sip), (config.rtp, Port::Rtp), (rtcp, Port::Rtcp)];
                if let Some((_, port)) = ports.into_iter().find(|&(at, _)| at == to) {
                    device.handle_datagram(self.now, port, from, &bytes);
                }
            }
            let mut answers = Vec::new();
            for (at, peer) in &mut self.peers {
                if *at == to {
                    answers.extend(peer(&String::from_utf8_lossy(&bytes)));
                }
            }
            for answer in answers {
                self.send(to, from, &answer);
            }
            self.drain();
        }
    }

    fn drain(&mut self) {
        for n in 0..self.running.len() {
            while let Some(output) = self.running[n].poll_output() {
                match output {
                    Output::Datagram { port, to, bytes } => {
                        let Config { sip, rtp, .. } = self.devices[n];
                        let from = match port {
                            Port::Sip => sip,
                            Port::Rtp => rtp,
                            Port::Rtcp => SocketAddr::new(rtp.ip(), rtp.port() + 1),
                        };
                        self.send_bytes(from, to, bytes);
                    }
                    Output::Connect { .. } | Output::Write { .. } | Output::Close { .. } => {}
                    Output::Console(bytes) => {
                        self.consoles[n].push_str(&String::from_utf8_lossy(&bytes));
                    }
                    Output::Reset(cause) => {
                        let config = Config { cause, ..self.devices[n].clone() };
                        let settings = self.running[n].settings();
                        self.running[n] = Device::new(self.now, config, settings);
                    }
                }
            }
        }
    }
}

/// A value of a header in a message as text.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let line = message.lines().find(|line| line.split(':').next() == Some(name));
    line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
}

/// A response to a request as text, with a To tag and what `more` adds.
pub(crate) fn response(request: &str, status: &str, more: &str) -> String {
    let [via, from, to, id, cseq] =
        ["Via", "From", "To", "Call-ID", "CSeq"].map(|name| header(request, name));
    let tag = if to.contains("tag=") { "" } else { ";tag=peer" };
    format!(
        "SIP/2.0 {status}\nVia: {via}\nFrom: {from}\nTo: {to}{tag}\nCall-ID: {id}\nCSeq: {cseq}\n{more}\n"
    )
}

/// A request to device 0 from the peer at 100.
pub(crate) fn request(method: &str, branch: &str, more: &str) -> String {
    format!(
        "{method} sip:door@192.0.2.0 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK{branch};rport\n\
         Max-Forwards: 70\nFrom: <sip:alice@192.0.2.100>;tag=alice\nTo: <sip:door@192.0.2.0>\n\
         Call-ID: {branch}@alice\nCSeq: 1 {method}\nContact: <sip:alice@192.0.2.100>\n{more}\n"
    )
}

/// An INVITE to device 0 with an offer of those formats.
pub(crate) fn invite(branch: &str, formats: &str) -> String {
    let sdp = format!(
        "v=0\no=a 1 1 IN IP4 192.0.2.100\ns=-\nc=IN IP4 192.0.2.100\nt=0 0\nm=audio 6000 RTP/AVP {formats}\n\
         a=rtpmap:101 telephone-event/8000\n"
    );
    format!("{}{sdp}", request("INVITE", branch, "Content-Type: application/sdp\n"))
}

/// A request of the peer inside the dialog that `ok` confirmed.
pub(crate) fn within(ok: &str, method: &str, number: u32, more: &str) -> String {
    let [from, to, id] = ["From", "To", "Call-ID"].map(|name| header(ok, name));
    format!(
        "{method} sip:door@192.0.2.0:5060 SIP/2.0\n\
         Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK{method}{number}\nMax-Forwards: 70\nFrom: {from}\n\
         To: {to}\nCall-ID: {id}\nCSeq: {number} {method}\n{more}\n"
    )
}

fn last(ip: std::net::IpAddr) -> String {
    ip.to_string().rsplit('.').next().unwrap_or_default().to_owned()
}
