//! The device's core: datagrams, console octets and time in; datagrams, console octets and resets
//! out.

mod clock;
mod commands;
pub(crate) mod departures;
mod ending;
mod gate;
mod incoming;
mod info;
mod invite;
mod misprint;
mod misreading;
mod miswriting;
mod modify;
mod options;
mod outgoing;
mod query;
pub(crate) mod redirect;
mod register;
mod reliable;
mod session;
mod target;
mod transport;
mod trust;
mod update;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use self::clock::Clock;
use self::query::Query;
use crate::audio::Tone;
use crate::call::Call;
use crate::console::Line;
use crate::defects::{Defect, Defects};
use crate::digest::{Gate, Keyring};
use crate::dtmf::presses::{Presses, Way};
use crate::media::{Media, Mode, Out};
use crate::registration::Registration;
use crate::rtcp;
use crate::settings::Settings;
use crate::tls::Demand;
use crate::transaction::{Event, Key, Transactions};
use crate::transport::{Connection, Connections, Hop, Stream, Transport};

/// What a board gives the firmware when it boots.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it receives SIP over UDP. Its family is the device's: both families are two devices.
    pub sip: SocketAddr,
    /// Where it listens for SIP over TCP; without it, it has no TCP.
    pub sip_tcp: Option<SocketAddr>,
    /// Where it listens for SIP over TLS; without it, it has no TLS.
    pub sip_tls: Option<SocketAddr>,
    /// Where it receives RTP; RTCP is on the next port.
    pub rtp: SocketAddr,
    /// Source of all its randomness.
    pub seed: u64,
    /// How it departs from the standards.
    pub defects: Defects,
    /// What it runs on: `virtual`, `host` or `qemu`.
    pub board: &'static str,
    /// Why it boots.
    pub cause: ResetCause,
    /// Seconds since 1970 when it boots, by the board's own clock; absent: the board has none.
    pub unix: Option<u64>,
}

/// One of the device's UDP ports.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Port {
    /// Signalling.
    Sip,
    /// Media.
    Rtp,
    /// Media control.
    Rtcp,
}

/// Why a board started its firmware.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResetCause {
    /// Power came up.
    PowerOn,
    /// The console asked for it.
    Command,
    /// The main loop stalled.
    Watchdog,
    /// The firmware crashed.
    Panic,
}

impl ResetCause {
    /// The word that the boot log has for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PowerOn => "power-on",
            Self::Command => "command",
            Self::Watchdog => "watchdog",
            Self::Panic => "panic",
        }
    }
}

/// Something for the board to do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send a datagram.
    Datagram {
        /// The port to send it from.
        port: Port,
        /// Where to send it.
        to: SocketAddr,
        /// Its payload.
        bytes: Vec<u8>,
    },
    /// Open a byte stream; [`Device::handle_connected`] or [`Device::handle_closed`] says what
    /// came of it.
    Connect {
        /// The name that it shall have.
        connection: Connection,
        /// What carries it.
        stream: Stream,
        /// Whom to connect to.
        to: SocketAddr,
        /// What to ask of the other end where the stream is secured.
        demand: Demand,
    },
    /// Write to a byte stream that is open.
    Write {
        /// The stream.
        connection: Connection,
        /// What to write.
        bytes: Vec<u8>,
    },
    /// Close a byte stream, after what was written to it; nothing more is heard of it.
    Close {
        /// The stream.
        connection: Connection,
    },
    /// Write to the serial line.
    Console(Vec<u8>),
    /// Start the firmware again: make a new [`Device`] with this cause and this one's settings.
    /// Its byte streams are gone.
    Reset(ResetCause),
}

/// A door station.
///
/// Call a `handle_*` method, then [`poll_output`](Self::poll_output) until it returns `None`, then
/// wait until [`poll_timeout`](Self::poll_timeout). Times are spans since an arbitrary epoch and
/// never go back. After [`Output::Reset`] it does nothing more.
#[derive(Clone, Debug)]
pub struct Device {
    config: Config,
    defects: Defects,
    settings: Settings,
    booted: Duration,
    life: Life,
    rng: fastrand::Rng,
    line: Line,
    /// Whether the last thing on the serial line is the prompt.
    prompted: bool,
    transactions: Transactions,
    connections: Connections,
    calls: Vec<Call>,
    /// How many calls have come in.
    invited: u32,
    /// ACKs of 2xx, which are sent again for each repeated 2xx.
    acks: Vec<SentAck>,
    registrations: Vec<Registration>,
    /// OPTIONS that wait for an answer.
    queries: Vec<Query>,
    gate: Gate,
    clock: Clock,
    /// Where the last call was redirected, from where, for the defect that remembers it.
    detour: Option<(String, String)>,
    /// Credentials of an earlier call, which a sound device does not keep.
    kept: Keyring,
    tone: Option<Tone>,
    presses: Presses,
    relay: Relay,
    /// When the media of a call ended last.
    silent_since: Option<Duration>,
    /// Media of calls that are over, for the defect of that name.
    lingering: Vec<(Duration, Box<Media>)>,
    /// Datagrams of SIP that it comes round to later, where it is slow.
    waiting: VecDeque<(Duration, SocketAddr, Vec<u8>)>,
    outputs: VecDeque<Output>,
}

/// Whether the firmware runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Life {
    Running,
    /// The main loop stands still; the watchdog bites at that time.
    Hung {
        bite: Duration,
    },
    /// Reset; another device takes its place.
    Over,
}

/// The door relay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Relay {
    Closed,
    /// Open, until that time if a digit opened it.
    Open {
        until: Option<Duration>,
    },
}

#[derive(Clone, Debug)]
struct SentAck {
    key: Key,
    remote_tag: String,
    hop: Hop,
    bytes: Vec<u8>,
    until: Duration,
}

impl Device {
    /// Boots the firmware at `now`.
    pub fn new(now: Duration, config: Config, mut settings: Settings) -> Self {
        settings.boots += 1;
        // Each boot draws other tags and Call-IDs, for its sequence numbers start again.
        let seed = config.seed ^ settings.boots.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut device = Self {
            defects: config.defects.clone(),
            settings,
            booted: now,
            life: Life::Running,
            rng: fastrand::Rng::with_seed(seed),
            line: Line::default(),
            prompted: false,
            transactions: Transactions::new(config.defects.clone()),
            connections: Connections::new(config.defects.clone()),
            calls: Vec::new(),
            invited: 0,
            acks: Vec::new(),
            registrations: Vec::new(),
            queries: Vec::new(),
            gate: Gate::default(),
            clock: Clock::of_board(now, config.unix),
            detour: None,
            kept: Keyring::default(),
            tone: None,
            presses: Presses::default(),
            relay: Relay::Closed,
            silent_since: None,
            lingering: Vec::new(),
            waiting: VecDeque::new(),
            outputs: VecDeque::new(),
            config,
        };
        device.boot(now);
        device
    }

    /// Takes a datagram that arrived on `port`.
    pub fn handle_datagram(&mut self, now: Duration, port: Port, from: SocketAddr, bytes: &[u8]) {
        if self.life != Life::Running {
            return;
        }
        match port {
            Port::Sip if self.settings.slow > 0 => {
                self.waiting.push_back((now + self.slow(), from, bytes.to_vec()));
            }
            Port::Sip => self.handle_sip(now, Hop::to(Transport::Udp, from), bytes),
            Port::Rtp => {
                let late = self.silent_since.is_some_and(|since| now > since + LATE);
                let idle = self.calls.iter().all(|call| call.media.is_none());
                if late && idle && self.defects.has(Defect::LATE_MEDIA_CRASHES) {
                    return self.crash(now, "no session for a packet");
                }
                let media = self.calls.iter_mut().filter_map(|call| call.media.as_deref_mut());
                let heard: Vec<_> = media.flat_map(|m| m.handle_rtp(now, bytes)).collect();
                for digit in heard {
                    self.hear_digit(now, digit, Way::Rfc4733);
                }
                let media = self.calls.iter_mut().filter_map(|call| call.media.as_deref_mut());
                let complaints: Vec<_> = media.filter_map(Media::poll_complaint).collect();
                for complaint in complaints {
                    self.log(now, &format!("srtp: dropped a packet: {complaint}"));
                }
            }
            Port::Rtcp if rtcp::has_extended(bytes) && self.defects.has(Defect::XR_CRASHES) => {
                self.crash(now, "unknown report block");
            }
            Port::Rtcp => {
                for media in self.calls.iter_mut().filter_map(|call| call.media.as_deref_mut()) {
                    media.handle_rtcp(now, bytes);
                }
            }
        }
        self.settle(now);
    }

    /// Takes octets from the serial line.
    pub fn handle_console(&mut self, now: Duration, bytes: &[u8]) {
        for &octet in bytes {
            if self.life != Life::Running {
                return;
            }
            if let Some(line) = self.line.push(octet) {
                self.handle_line(now, &line);
                self.settle(now);
            }
        }
    }

    /// Does everything that is due at or before `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        match self.life {
            Life::Over => {}
            Life::Hung { bite } if bite <= now => {
                self.log(now, "watchdog: main loop stalled for 5 s, resetting");
                self.reset(ResetCause::Watchdog);
            }
            Life::Hung { .. } => {}
            Life::Running => {
                self.handle_waiting(now);
                self.transactions.handle_timeout(now);
                self.settle(now);
                self.handle_call_timeouts(now);
                self.hear_tones(now);
                self.handle_registration_timeouts(now);
                if let Relay::Open { until: Some(until) } = self.relay
                    && until <= now
                {
                    self.move_relay(now, Relay::Closed);
                }
                for (until, mut media) in std::mem::take(&mut self.lingering) {
                    let out = media.handle_timeout(now);
                    self.send_media(out);
                    if until > now {
                        self.lingering.push((until, media));
                    }
                }
                self.acks.retain(|ack| ack.until > now);
                let transactions = &self.transactions;
                self.connections.close_idle(now, |connection| transactions.use_stream(connection));
                self.settle(now);
            }
        }
    }

    /// Takes the datagrams that have waited as long as a slow device lets them.
    fn handle_waiting(&mut self, now: Duration) {
        while self.waiting.front().is_some_and(|(due, ..)| *due <= now) {
            let Some((_, from, bytes)) = self.waiting.pop_front() else { return };
            self.handle_sip(now, Hop::to(Transport::Udp, from), &bytes);
            self.settle(now);
        }
    }

    /// The next thing for the board to do, if any.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.life {
            Life::Over => None,
            Life::Hung { bite } => Some(bite),
            Life::Running => {
                let relay = match self.relay {
                    Relay::Open { until } => until,
                    Relay::Closed => None,
                };
                let calls = self.calls.iter().filter_map(Call::poll_timeout);
                let registrations =
                    self.registrations.iter().filter_map(Registration::poll_timeout);
                let lingering = self.lingering.iter().map(|(_, media)| media.poll_timeout());
                let waiting = self.waiting.front().map(|(due, ..)| *due);
                let others =
                    calls.chain(registrations).chain(waiting).chain(lingering).chain(relay);
                let below = self.connections.poll_timeout().into_iter();
                others.chain(self.transactions.poll_timeout()).chain(below).min()
            }
        }
    }

    /// What it would remember if it were reset now.
    pub fn settings(&self) -> Settings {
        if self.defects.has(Defect::SETTINGS_FORGOTTEN) {
            return Settings::default();
        }
        self.settings.clone()
    }

    fn boot(&mut self, now: Duration) {
        let Config { board, cause, .. } = self.config;
        self.log(now, &format!("boot: intercom {} on {board} board", env!("CARGO_PKG_VERSION")));
        self.log(now, &format!("boot: reset cause: {}", self.cause().name()));
        if let Some(names) = self.defects.named() {
            self.log(now, &format!("boot: defects: {names}"));
        }
        self.log(now, "boot: ready");
        self.prompt();
        let silent = self.defects.has(Defect::NO_REGISTER_AFTER_REBOOT);
        if !(silent && cause != ResetCause::PowerOn) {
            self.register_account(now);
        }
        self.settle(now);
    }

    fn cause(&self) -> ResetCause {
        if self.defects.has(Defect::RESET_CAUSE_LOST) {
            return ResetCause::PowerOn;
        }
        self.config.cause
    }

    /// Passes on what the transactions and the machines above them have for each other.
    fn settle(&mut self, now: Duration) {
        while let Some(event) = self.transactions.poll_event() {
            match event {
                Event::Request(key, from, request) => {
                    self.handle_request(now, &key, from, &request);
                }
                Event::Ack(ack) => self.handle_ack(now, &ack),
                Event::Response(key, response) => self.handle_response(now, &key, &response),
                Event::Unanswered(key) => self.handle_unanswered(now, &key),
                Event::Repeated(key) => self.ring_again(now, &key),
            }
        }
        while let Some((key, hop, bytes)) = self.transactions.poll_send() {
            self.send_sip(now, hop, Some(key), bytes);
        }
        self.drain_connections();
    }

    fn reset(&mut self, cause: ResetCause) {
        self.life = Life::Over;
        self.outputs.push_back(Output::Reset(cause));
    }

    fn crash(&mut self, now: Duration, what: &str) {
        self.log(now, &format!("panic: {what}"));
        self.reset(ResetCause::Panic);
    }

    fn hear_tones(&mut self, now: Duration) {
        let media = self.calls.iter_mut().filter_map(|call| call.media.as_deref_mut());
        let heard: Vec<_> = media.flat_map(Media::overheard).collect();
        for digit in heard {
            self.hear_digit(now, digit, Way::Inband);
        }
    }

    fn hear_digit(&mut self, now: Duration, digit: char, way: Way) {
        let merged = self.presses.has(now, digit) && self.defects.has(Defect::PRESSES_MERGED);
        let new = self.presses.is_new(now, digit, way);
        if merged || (!new && !self.defects.has(Defect::PRESSES_DOUBLED)) {
            return;
        }
        self.log(now, &format!("dtmf: digit {digit} ({})", way.word()));
        if digit == DOOR_DIGIT {
            let until = now + Duration::from_secs(self.settings.relay_time);
            self.move_relay(now, Relay::Open { until: Some(until) });
        }
    }

    fn move_relay(&mut self, now: Duration, relay: Relay) {
        if self.defects.has(Defect::RELAY_STUCK) {
            return;
        }
        let moved = (self.relay == Relay::Closed) != (relay == Relay::Closed);
        self.relay = relay;
        if moved {
            self.log(now, if relay == Relay::Closed { "relay: closed" } else { "relay: open" });
        }
    }

    fn mode(&self) -> Mode {
        Mode { loopback: self.settings.loopback, slow: self.slow(), tone: self.tone }
    }

    fn slow(&self) -> Duration {
        Duration::from_millis(self.settings.slow)
    }

    fn send_media(&mut self, out: impl IntoIterator<Item = Out>) {
        let rtp = if self.defects.has(Defect::RTP_ASYMMETRIC) { Port::Rtcp } else { Port::Rtp };
        self.outputs.extend(out.into_iter().map(|out| match out {
            Out::Rtp(to, bytes) => Output::Datagram { port: rtp, to, bytes },
            Out::Rtcp(to, bytes) => Output::Datagram { port: Port::Rtcp, to, bytes },
        }));
    }

    fn log(&mut self, now: Duration, message: &str) {
        let uptime = now.saturating_sub(self.booted).as_secs_f64();
        self.print(&format!("[{uptime:9.3}] {message}"));
    }

    /// Writes a line; one that comes after the prompt begins a line of its own.
    fn print(&mut self, text: &str) {
        let start = if std::mem::take(&mut self.prompted) { "\r\n" } else { "" };
        self.outputs.push_back(Output::Console(format!("{start}{text}\r\n").into_bytes()));
    }

    fn prompt(&mut self) {
        self.prompted = true;
        self.outputs.push_back(Output::Console(b"intercom> ".to_vec()));
    }

    fn token(&mut self) -> String {
        format!("{:012x}", self.rng.u64(..1 << 48))
    }
}

/// How long after the end of a call a packet of it is late.
const LATE: Duration = Duration::from_secs(1);

/// The digit that opens the door.
const DOOR_DIGIT: char = '5';
