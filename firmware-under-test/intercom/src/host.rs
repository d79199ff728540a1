//! The board that a host is: runs the core against real sockets and a real serial line.

mod arguments;
mod certificate;
mod link;
mod serial;
mod streams;
mod tls;

pub(crate) use arguments::Arguments;

use crate::board::{BEAT, Board};
use intercom::{Config, Device, Output, Port, ResetCause, Settings, Stream};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serial::Serial;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use streams::{News, Streams};

/// Runs until the console closes.
///
/// # Errors
///
/// When a port, the console or the settings file cannot be opened.
pub(crate) fn run(arguments: &Arguments, virtual_board: Option<&Board>) -> io::Result<()> {
    let Arguments { sip, rtp, seed, board, .. } = *arguments;
    let sockets = Sockets::bind(sip, rtp)?;
    let mut streams = Streams::listen(arguments)?;
    let mut serial = Serial::open(&arguments.console)?;
    let clock = Clock::start();
    let (sip, rtp) = (sockets.sip.local_addr()?, sockets.rtp.local_addr()?);
    let (sip_tcp, sip_tls) = (streams.address(Stream::Tcp), streams.address(Stream::Tls));
    let boot = |cause, settings| {
        let defects = arguments.defects.clone();
        let unix = clock.unix();
        let config = Config { sip, sip_tcp, sip_tls, rtp, seed, defects, board, cause, unix };
        Device::new(clock.now(), config, settings)
    };
    let mut stored = match (virtual_board, &arguments.settings) {
        (Some(board), _) => {
            board.settings().map(|text| Settings::from_text(&text)).unwrap_or_default()
        }
        (None, Some(path)) => load(path)?,
        (None, None) => Settings::default(),
    };
    let cause = virtual_board.map_or(ResetCause::PowerOn, |board| board.cause);
    let mut device = boot(cause, stored.clone());
    let mut heard = Vec::new();
    loop {
        while let Some(output) = device.poll_output() {
            match output {
                Output::Datagram { port, to, bytes } => sockets.send(port, to, &bytes),
                Output::Console(bytes) => serial.write(&bytes),
                Output::Connect { connection, stream, to, demand } => {
                    heard.extend(streams.connect(clock.now(), connection, (stream, to), demand));
                }
                Output::Write { connection, bytes } => {
                    heard.extend(streams.write(connection, &bytes));
                }
                Output::Close { connection } => streams.close(clock.now(), connection),
                Output::Reset(cause) => {
                    if let Some(board) = virtual_board {
                        board.keep(&device.settings().to_text())?;
                        return Err(board.reset(cause));
                    }
                    streams.reset();
                    heard.clear();
                    device = boot(cause, device.settings());
                }
            }
        }
        if !heard.is_empty() {
            heard.drain(..).for_each(|news| tell(&mut device, clock.now(), news));
            continue;
        }
        if device.settings() != stored {
            stored = device.settings();
            match (virtual_board, &arguments.settings) {
                (Some(board), _) => board.keep(&stored.to_text())?,
                (None, Some(path)) => fs::write(path, stored.to_text())?,
                (None, None) => {}
            }
        }
        let mut due = device.poll_timeout();
        if let Some(board) = virtual_board {
            board.beat();
            let beat = clock.now() + BEAT;
            due = Some(due.map_or(beat, |due| due.min(beat)));
        }
        let due = due.into_iter().chain(streams.poll_timeout()).min();
        let ready = sockets.wait(&serial, &streams, due, &clock)?;
        for port in ready.ports {
            while let Some((from, bytes)) = sockets.receive(port) {
                device.handle_datagram(clock.now(), port, from, &bytes);
            }
        }
        let demand = device.demand_of_clients(clock.now());
        heard.extend(streams.attend(clock.now(), &demand));
        if ready.serial {
            match serial.read()? {
                Some(bytes) => device.handle_console(clock.now(), &bytes),
                None => return Ok(()),
            }
        }
        if device.poll_timeout().is_some_and(|due| due <= clock.now()) {
            device.handle_timeout(clock.now());
        }
    }
}

/// Tells the device what became of a stream.
fn tell(device: &mut Device, now: Duration, news: News) {
    match news {
        News::Accepted(connection, stream, from) => {
            device.handle_accepted(now, connection, stream, from);
        }
        News::Connected(connection) => device.handle_connected(now, connection),
        News::Bytes(connection, bytes) => device.handle_stream(now, connection, &bytes),
        News::Closed(connection) => device.handle_closed(now, connection),
        News::Distrusted(connection, from, why) => {
            device.handle_distrust(now, connection, from, &why);
        }
    }
}

/// Settings on disk; a file that is not there yet is a fresh device.
fn load(path: &Path) -> io::Result<Settings> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Settings::from_text(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error),
    }
}

/// Time since the process started.
struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the board's clock")]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    /// Seconds since 1970, where the board's clock has been set.
    #[expect(clippy::disallowed_methods, reason = "this is the board's clock")]
    #[expect(clippy::unused_self, reason = "the board has one clock")]
    fn unix(&self) -> Option<u64> {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        (unix > UNSET).then_some(unix)
    }
}

/// The three UDP ports.
struct Sockets {
    sip: UdpSocket,
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

/// What can be read.
struct Ready {
    ports: Vec<Port>,
    serial: bool,
}

impl Sockets {
    fn bind(sip: SocketAddr, rtp: SocketAddr) -> io::Result<Self> {
        let bind = |address: SocketAddr| {
            let named =
                |e: io::Error| io::Error::new(e.kind(), format!("cannot bind {address}: {e}"));
            let socket = UdpSocket::bind(address).map_err(named)?;
            socket.set_nonblocking(true)?;
            Ok::<_, io::Error>(socket)
        };
        let (sip, rtp) = (bind(sip)?, bind(rtp)?);
        let mut control = rtp.local_addr()?;
        control.set_port(control.port().wrapping_add(1));
        Ok(Self { sip, rtp, rtcp: bind(control)? })
    }

    const fn socket(&self, port: Port) -> &UdpSocket {
        match port {
            Port::Sip => &self.sip,
            Port::Rtp => &self.rtp,
            Port::Rtcp => &self.rtcp,
        }
    }

    /// Sends a datagram; one that cannot be sent is lost, as any datagram may be.
    fn send(&self, port: Port, to: SocketAddr, bytes: &[u8]) {
        let _ = self.socket(port).send_to(bytes, to);
    }

    /// A datagram that waits. Errors that ICMP reported are passed over.
    fn receive(&self, port: Port) -> Option<(SocketAddr, Vec<u8>)> {
        let mut bytes = vec![0; 65_536];
        loop {
            match self.socket(port).recv_from(&mut bytes) {
                Ok((length, from)) => {
                    bytes.truncate(length);
                    return Some((from, bytes));
                }
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(_) => return None,
            }
        }
    }

    /// Waits until something can be read, or until `due`.
    fn wait(
        &self,
        serial: &Serial,
        streams: &Streams,
        due: Option<Duration>,
        clock: &Clock,
    ) -> io::Result<Ready> {
        let left = due.map(|due| due.saturating_sub(clock.now()));
        // The system call counts whole milliseconds: rounded down, and the rest slept.
        let timeout = match left {
            None => PollTimeout::NONE,
            Some(left) => {
                PollTimeout::try_from(left.as_millis().min(60_000)).unwrap_or(PollTimeout::ZERO)
            }
        };
        let mut waiting: Vec<_> = [Port::Sip, Port::Rtp, Port::Rtcp]
            .map(|port| PollFd::new(self.socket(port).as_fd(), PollFlags::POLLIN))
            .into();
        waiting.extend(serial.watched().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        let serial = 3..waiting.len();
        waiting.extend(streams.watched());
        match poll(&mut waiting, timeout) {
            Ok(0) => {
                let rest = left.filter(|left| left.as_millis() < 1).unwrap_or_default();
                std::thread::sleep(rest);
            }
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let readable = |fd: &PollFd<'_>| fd.revents().is_none_or(|events| !events.is_empty());
        let ports = [Port::Sip, Port::Rtp, Port::Rtcp].into_iter().zip(&waiting);
        let ports = ports.filter(|(_, fd)| readable(fd)).map(|(port, _)| port).collect();
        Ok(Ready { ports, serial: waiting.get(serial).unwrap_or_default().iter().any(readable) })
    }
}

/// A clock that says so little has not been set: one day of 1970.
const UNSET: u64 = 86_400;
