//! The device's core: datagrams, console octets and time in; datagrams, console octets and resets
//! out.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use crate::defects::Defects;
use crate::settings::Settings;

/// What a board gives the firmware when it boots.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it receives SIP.
    pub sip: SocketAddr,
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
#[derive(Clone, Debug, Eq, PartialEq)]
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
    /// Write to the serial line.
    Console(Vec<u8>),
    /// Start the firmware again: make a new [`Device`] with this cause and this one's settings.
    Reset(ResetCause),
}

/// A door station.
///
/// Call a `handle_*` method, then [`poll_output`](Self::poll_output) until it returns `None`, then
/// wait until [`poll_timeout`](Self::poll_timeout). Times are spans since an arbitrary epoch and
/// never go back.
#[derive(Debug)]
pub struct Device {
    config: Config,
    settings: Settings,
    outputs: VecDeque<Output>,
}

impl Device {
    /// Boots the firmware at `now`.
    pub fn new(now: Duration, config: Config, settings: Settings) -> Self {
        let _ = now;
        Self { config, settings, outputs: VecDeque::new() }
    }

    /// Takes a datagram that arrived on `port`.
    pub fn handle_datagram(&mut self, now: Duration, port: Port, from: SocketAddr, bytes: &[u8]) {
        let _ = (now, port, from, bytes, &self.config);
    }

    /// Takes octets from the serial line.
    pub fn handle_console(&mut self, now: Duration, bytes: &[u8]) {
        let _ = (now, bytes);
    }

    /// Does everything that is due at or before `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        let _ = now;
    }

    /// The next thing for the board to do, if any.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Duration> {
        None
    }

    /// What it would remember if it were reset now.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }
}
