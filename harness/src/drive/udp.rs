//! UDP sockets.
//!
//! Receiving is a task on the runtime and not a thread of its own: the kernel stamps the packet when
//! it arrives, so it does not matter when we get to read it. Sending in time is the pacer's work.

mod errors;
mod receive;

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, LinkId};
use super::task::Task;
use crate::rig::fault::Fault;
use crate::time::Tick;
use errors::Queued;
use nix::errno::Errno;
use nix::sys::socket::{TimestampingFlag, setsockopt, sockopt};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

/// A bound UDP socket that delivers what it receives.
///
/// When it is dropped, so is its socket, but not before the runtime gets to it: where the same port is
/// to be bound again, [`close`](Self::close) it.
#[derive(Debug)]
pub struct UdpLink {
    link: LinkId,
    pco: String,
    local: SocketAddr,
    clock: RunClock,
    socket: Arc<UdpSocket>,
    receiver: Task,
}

impl UdpLink {
    /// Binds `address`, on a free port where its port is 0, and delivers from then on.
    ///
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// The address is not ours, or its port is taken.
    pub fn bind(
        link: LinkId,
        pco: &str,
        address: SocketAddr,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let fault = |error: io::Error| {
            Fault::new(pco, format!("bind UDP {address}"), &error, remedy_for_bind(&error))
        };
        let socket = UdpSocket::bind(address).map_err(fault)?;
        Self::over(link, pco, socket, clock, feed).map_err(fault)
    }

    /// Binds a free even port for RTP and the next one for RTCP.
    ///
    /// # Errors
    ///
    /// The address is not ours, or no pair of ports is free.
    //= RFC 3550 §11
    pub fn bind_rtp(
        links: [LinkId; 2],
        pco: &str,
        address: IpAddr,
        clock: RunClock,
        feed: &Feed,
    ) -> Result<[Self; 2], Fault> {
        let [media, control] = links;
        let mut last = None;
        for _ in 0..PAIRS_TRIED {
            let any = SocketAddr::new(address, 0);
            let found = UdpSocket::bind(any).and_then(|socket| socket.local_addr());
            let found = found.map_err(|error| {
                Fault::new(pco, format!("bind UDP {any}"), &error, remedy_for_bind(&error))
            })?;
            // The kernel hands out odd and even ports alike: where it was odd, its even neighbour.
            let port = found.port() & !1;
            let at = |link, port| {
                Self::bind(link, pco, SocketAddr::new(address, port), clock, feed.clone())
            };
            match (at(media, port), at(control, port | 1)) {
                (Ok(media), Ok(control)) => return Ok([media, control]),
                (Err(fault), _) | (_, Err(fault)) => last = Some(fault),
            }
        }
        Err(last.unwrap_or_else(|| {
            Fault::new(pco, format!("bind UDP {address}"), "no port pair is free", REMEDY_TAKEN)
        }))
    }

    /// Sends a datagram and returns the instant just before the kernel took it.
    ///
    /// # Errors
    ///
    /// The kernel refuses the datagram: it [leads nowhere](leads_nowhere), or the bench is
    /// [at fault](Self::fault). What ICMP says about earlier datagrams is an event of the link and not an error.
    pub fn send(&self, remote: SocketAddr, bytes: &[u8]) -> io::Result<Tick> {
        let at = self.clock.now();
        send(&self.socket, remote, bytes)?;
        Ok(at)
    }

    /// What it says of the bench that nothing could be sent to `remote`.
    pub fn fault(&self, remote: SocketAddr, error: io::Error) -> Fault {
        let remedy = "does the rig's interface have an address in the device's network?";
        Fault::new(self.pco.as_str(), format!("send to {remote}"), error, remedy)
    }

    /// Closes the socket; its port is free again on return, unless the pacer still has the socket.
    pub async fn close(self) {
        self.receiver.end().await;
    }

    /// The same socket for the pacer to send from.
    ///
    /// From now on the kernel stamps what the socket sends, where it can.
    pub fn paced(&self) -> PacedSocket {
        let flags = TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE
            | TimestampingFlag::SOF_TIMESTAMPING_TX_SOFTWARE
            | TimestampingFlag::SOF_TIMESTAMPING_OPT_TSONLY;
        // Without these stamps our own, taken just before the call, have to do.
        let _stamps = setsockopt(&self.socket, sockopt::Timestamping, &flags);
        let (link, local, clock) = (self.link, self.local, self.clock);
        PacedSocket { link, local, clock, socket: Arc::clone(&self.socket) }
    }

    /// The identity under which the link delivers.
    pub const fn link(&self) -> LinkId {
        self.link
    }

    /// The address that is bound.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    fn over(
        link: LinkId,
        pco: &str,
        socket: UdpSocket,
        clock: RunClock,
        feed: Feed,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        // Without stamps we stamp on reading, and say so with each datagram.
        let _stamps = setsockopt(&socket, sockopt::ReceiveTimestampns, &true);
        setsockopt(&socket, sockopt::RxqOvfl, &1)?;
        // The kernel gives what it allows; an overflow is reported, so less is no error.
        let _granted = setsockopt(&socket, sockopt::RcvBuf, &BUFFER);
        if local.is_ipv4() {
            setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
        } else {
            setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?;
        }
        let ready = tokio::net::UdpSocket::from_std(socket.try_clone()?)?;
        let receiver =
            Task::start(clock, feed.clone(), receive::run(ready, link, local, clock, feed));
        let socket = Arc::new(socket);
        Ok(Self { link, pco: pco.to_owned(), local, clock, socket, receiver })
    }
}

/// A socket of a [`UdpLink`] in the hands of the pacer.
#[derive(Clone, Debug)]
pub struct PacedSocket {
    pub(super) link: LinkId,
    local: SocketAddr,
    clock: RunClock,
    socket: Arc<UdpSocket>,
}

impl PacedSocket {
    /// Sends a datagram, and returns when it passed the kernel's lower edge, if the kernel says so
    /// at once; else `at`, the instant of the call.
    ///
    /// Reports of ICMP errors that come to light by that go to `reported`.
    pub(super) fn send(
        &self,
        at: Tick,
        remote: SocketAddr,
        bytes: &[u8],
        reported: &mut Vec<LinkEvent>,
    ) -> io::Result<Tick> {
        send(&self.socket, remote, bytes)?;
        let mut stamp = None;
        while let Ok(queued) = errors::next(&self.socket, self.local, &mut []) {
            match queued {
                Queued::Stamp(unix) => stamp = Some(self.clock.tick_of_realtime(unix)),
                Queued::Unreachable { remote, why } => {
                    reported.push(LinkEvent::Unreachable { link: self.link, remote, why });
                }
            }
        }
        // The stamp of an earlier datagram, which came late, lies before this one's call.
        Ok(stamp.filter(|stamp| *stamp >= at).unwrap_or(at))
    }
}

/// Whether a datagram was not sent for its address: no socket of this kind can reach it. An address that the
/// device names may be such a one, in its description or its Contact: of another family than the
/// rig's, without a port, of a network that is not there.
pub(super) fn leads_nowhere(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw);
    matches!(
        errno,
        Some(
            Errno::EAFNOSUPPORT
                | Errno::EINVAL
                | Errno::EACCES
                | Errno::EADDRNOTAVAIL
                | Errno::ENETUNREACH
                | Errno::EHOSTUNREACH
        )
    )
}

/// Sends a datagram, again where the kernel used the call to report an earlier one's ICMP error.
fn send(socket: &UdpSocket, remote: SocketAddr, bytes: &[u8]) -> io::Result<()> {
    match socket.send_to(bytes, remote) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            socket.send_to(bytes, remote).map(drop)
        }
        sent => sent.map(drop),
    }
}

fn remedy_for_bind(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::AddrNotAvailable {
        "give the rig's interface that address, or name one that it has"
    } else {
        REMEDY_TAKEN
    }
}

const REMEDY_TAKEN: &str = "is another run, or a softphone, still using the port?";
/// Receive buffer asked for, bytes: a second of 40 calls' media.
const BUFFER: usize = 4 << 20;
/// How often a pair of free ports is looked for.
const PAIRS_TRIED: usize = 32;

#[cfg(test)]
mod tests;
