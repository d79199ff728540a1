//! The byte streams of a host: who listens, who is connected, and what they say.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::time::Duration;

use intercom::{Connection, Demand, Distrust, Stream};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, connect, socket};

use super::arguments::Arguments;
use super::link::{Link, Phase};
use super::tls::Tls;

/// Every byte stream of a host.
#[derive(Debug)]
pub(super) struct Streams {
    listeners: Vec<(Stream, TcpListener)>,
    tls: Option<Tls>,
    links: Vec<Link>,
    /// How many have come in.
    accepted: u32,
}

/// What the device has to know of.
#[derive(Debug)]
pub(super) enum News {
    Accepted(Connection, Stream, SocketAddr),
    Connected(Connection),
    Bytes(Connection, Vec<u8>),
    Closed(Connection),
    /// The other end, at that address, is not whom the device speaks to; which stream of its own it was.
    Distrusted(Option<Connection>, SocketAddr, Distrust),
}

impl Streams {
    /// Listens where the arguments say.
    ///
    /// # Errors
    ///
    /// An address cannot be had, or a certificate cannot be read.
    pub(super) fn listen(arguments: &Arguments) -> io::Result<Self> {
        let tls = arguments.sip_tls.map(|_| Tls::read(&arguments.tls)).transpose()?;
        let mut listeners = Vec::new();
        for (stream, at) in [(Stream::Tcp, arguments.sip_tcp), (Stream::Tls, arguments.sip_tls)] {
            let Some(at) = at else { continue };
            let named = |e: io::Error| io::Error::new(e.kind(), format!("cannot listen {at}: {e}"));
            let listener = TcpListener::bind(at).map_err(named)?;
            listener.set_nonblocking(true)?;
            listeners.push((stream, listener));
        }
        Ok(Self { listeners, tls, links: Vec::new(), accepted: 0 })
    }

    /// Where a kind of stream is listened for.
    pub(super) fn address(&self, stream: Stream) -> Option<SocketAddr> {
        let listener = self.listeners.iter().find(|(listened, _)| *listened == stream);
        listener.and_then(|(_, listener)| listener.local_addr().ok())
    }

    /// What to wait for.
    pub(super) fn watched(&self) -> impl Iterator<Item = PollFd<'_>> {
        let listeners = self.listeners.iter().map(|(_, listener)| (listener.as_fd(), false));
        let links = self.links.iter().map(|link| (link.socket.as_fd(), link.wants_write()));
        listeners.chain(links).map(|(fd, writes): (BorrowedFd<'_>, bool)| {
            let write = if writes { PollFlags::POLLOUT } else { PollFlags::empty() };
            PollFd::new(fd, PollFlags::POLLIN | write)
        })
    }

    /// When a stream that is not open yet, or not closed yet, is given up.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        let pending = self.links.iter().filter(|link| link.phase != Phase::Open);
        pending.map(|link| link.since + PATIENCE).min()
    }

    /// Opens a stream; what becomes of it is news later.
    pub(super) fn connect(
        &mut self,
        now: Duration,
        id: Connection,
        (stream, to): (Stream, SocketAddr),
        demand: Demand,
    ) -> Option<News> {
        let link = || {
            let tls = match (stream, &self.tls) {
                (Stream::Tcp, _) => None,
                (Stream::Tls, Some(tls)) => Some(tls.connect(to, demand)?),
                (Stream::Tls, None) => return Err(ErrorKind::Unsupported.into()),
            };
            Ok::<_, io::Error>(Link::new(now, id, start_connecting(to)?, Phase::Connecting, tls))
        };
        match link() {
            Ok(link) => {
                self.links.push(link);
                None
            }
            Err(_) => Some(News::Closed(id)),
        }
    }

    /// Writes to a stream.
    pub(super) fn write(&mut self, id: Connection, bytes: &[u8]) -> Option<News> {
        let at = self.links.iter().position(|link| link.id == id)?;
        let written = self.links.get_mut(at)?.write(bytes);
        written.is_err().then(|| {
            self.links.remove(at);
            News::Closed(id)
        })
    }

    /// Closes a stream when everything is written.
    pub(super) fn close(&mut self, now: Duration, id: Connection) {
        let Some(at) = self.links.iter().position(|link| link.id == id) else { return };
        let Some(link) = self.links.get_mut(at) else { return };
        link.say_goodbye();
        (link.phase, link.since) = (Phase::Closing, now);
        if link.flush().is_err() || !link.wants_write() {
            self.links.remove(at);
        }
    }

    /// Drops every stream, as a reset does.
    pub(super) fn reset(&mut self) {
        self.links.clear();
    }

    /// Takes what is there to be taken, and gives up what takes too long.
    ///
    /// Who comes in over TLS has to meet `demand`.
    pub(super) fn attend(&mut self, now: Duration, demand: &Demand) -> Vec<News> {
        let mut news = Vec::new();
        self.accept(now, demand);
        self.links.retain_mut(|link| {
            let id = link.id;
            let announced = link.phase == Phase::Open || id.0 & ACCEPTED == 0;
            let Err(error) = tend(now, link, &mut news) else { return true };
            match (link.distrust(&error), link.socket.peer_addr()) {
                (Some(why), Ok(peer)) => {
                    news.push(News::Distrusted(announced.then_some(id), peer, why));
                }
                _ if announced && link.phase != Phase::Closing => news.push(News::Closed(id)),
                _ => {}
            }
            false
        });
        news
    }

    fn accept(&mut self, now: Duration, demand: &Demand) {
        for (stream, listener) in &self.listeners {
            while let Ok((socket, _)) = listener.accept() {
                let tls = match (stream, &self.tls) {
                    (Stream::Tls, Some(tls)) => tls.accept(demand.clone()).map(Some),
                    (Stream::Tls | Stream::Tcp, _) => Ok(None),
                };
                // A stream that cannot be had is closed; the other end sees that.
                let (Ok(tls), Ok(())) = (tls, ready(&socket)) else { continue };
                self.accepted = self.accepted.wrapping_add(1) & !ACCEPTED;
                let id = Connection(ACCEPTED | self.accepted);
                self.links.push(Link::new(now, id, socket, Phase::Shaking, tls));
            }
        }
    }
}

/// Goes on with a stream as far as it can go now.
///
/// # Errors
///
/// It is over.
fn tend(now: Duration, link: &mut Link, news: &mut Vec<News>) -> io::Result<()> {
    if link.phase != Phase::Open && link.since + PATIENCE <= now {
        return Err(ErrorKind::TimedOut.into());
    }
    if link.phase == Phase::Connecting {
        if !link.has_connected()? {
            return Ok(());
        }
        link.phase = Phase::Shaking;
    }
    link.flush()?;
    if link.phase == Phase::Closing {
        return if link.wants_write() { Ok(()) } else { Err(ErrorKind::NotConnected.into()) };
    }
    let read = link.read()?;
    link.flush()?;
    if link.phase == Phase::Shaking && !link.is_shaking() {
        link.phase = Phase::Open;
        news.push(if link.id.0 & ACCEPTED == 0 {
            News::Connected(link.id)
        } else {
            News::Accepted(link.id, link.stream(), link.socket.peer_addr()?)
        });
    }
    match read {
        Some(bytes) if bytes.is_empty() => Ok(()),
        Some(bytes) => {
            news.push(News::Bytes(link.id, bytes));
            Ok(())
        }
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Begins to connect, which the other end answers later.
fn start_connecting(to: SocketAddr) -> io::Result<TcpStream> {
    let family = if to.is_ipv6() { AddressFamily::Inet6 } else { AddressFamily::Inet };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let socket = socket(family, SockType::Stream, flags, None)?;
    match connect(socket.as_raw_fd(), &SockaddrStorage::from(to)) {
        Ok(()) | Err(Errno::EINPROGRESS) => {}
        Err(errno) => return Err(errno.into()),
    }
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn ready(socket: &TcpStream) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    socket.set_nodelay(true)
}

/// How long the other end may take to answer, to set TLS up, or to take the last bytes.
const PATIENCE: Duration = Duration::from_secs(10);
/// The bit that marks streams that came in.
const ACCEPTED: u32 = 0x8000_0000;
