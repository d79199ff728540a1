//! The receiving half of a UDP link.

use super::errors::{self, Queued};
use crate::drive::clock::RunClock;
use crate::drive::link::{Feed, LinkEvent, LinkId, StampClock, Stamped};
use crate::time::Tick;
use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, RecvMsg, SockaddrStorage, Timestamps, recvmsg,
};
use nix::sys::time::TimeSpec;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// Delivers what `socket` receives until the dispatcher is gone.
pub(super) async fn run(
    socket: UdpSocket,
    link: LinkId,
    local: SocketAddr,
    clock: RunClock,
    feed: Feed,
) {
    let mut receiver =
        Receiver { link, local, clock, latest: Tick::ZERO, lost: 0, buffer: vec![0; LARGEST] };
    loop {
        let interest = Interest::READABLE | Interest::ERROR;
        let events = match socket.async_io(interest, || receiver.receive(&socket)).await {
            Ok(events) => events,
            Err(error) => {
                let what = LinkEvent::Closed { link, why: error.to_string() };
                // The dispatcher may be gone too; nobody is then left to be told.
                let _told = feed.send(Stamped { at: clock.now(), what }).await;
                return;
            }
        };
        for event in events {
            if feed.send(event).await.is_err() {
                return;
            }
        }
    }
}

struct Receiver {
    link: LinkId,
    local: SocketAddr,
    clock: RunClock,
    /// The latest stamp given out: converting stamps must not turn their order round.
    latest: Tick,
    /// Datagrams that the kernel had dropped when it last said so.
    lost: u32,
    buffer: Vec<u8>,
}

impl Receiver {
    /// The next datagram or ICMP error, or `WouldBlock`.
    fn receive(&mut self, socket: &UdpSocket) -> io::Result<Vec<Stamped<LinkEvent>>> {
        match self.datagram(socket) {
            // Any other errno is that of an ICMP error, whose particulars are in the error queue.
            Err(Errno::EBADF | Errno::ENOTSOCK) => Err(io::ErrorKind::NotConnected.into()),
            Err(_) => self.error(socket),
            received => Ok(received?),
        }
    }

    fn datagram(&mut self, socket: &UdpSocket) -> nix::Result<Vec<Stamped<LinkEvent>>> {
        let mut control = cmsg_space!(TimeSpec, Timestamps, u32);
        let flags = MsgFlags::MSG_DONTWAIT;
        let mut parts = [IoSliceMut::new(&mut self.buffer)];
        let message =
            recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
        let Ancillary { stamp, lost } = Ancillary::of(&message);
        let remote = message.address.as_ref().and_then(socket_address).unwrap_or(self.local);
        let length = message.bytes;
        let (at, clock) = match stamp {
            Some(stamp) => (self.clock.tick_of_realtime(stamp), StampClock::Kernel),
            None => (self.clock.now(), StampClock::User),
        };
        let at = at.max(self.latest);
        self.latest = at;
        let bytes = self.buffer.get(..length).unwrap_or_default().to_vec();
        let (link, local) = (self.link, self.local);
        let mut events = Vec::with_capacity(1);
        if let Some(lost) = lost.filter(|&lost| lost != self.lost) {
            let since = lost.wrapping_sub(self.lost);
            events.push(Stamped { at, what: LinkEvent::Overrun { link, lost: since } });
            self.lost = lost;
        }
        events
            .push(Stamped { at, what: LinkEvent::Datagram { link, local, remote, bytes, clock } });
        Ok(events)
    }

    fn error(&mut self, socket: &UdpSocket) -> io::Result<Vec<Stamped<LinkEvent>>> {
        let Queued::Unreachable { remote, why } =
            errors::next(socket, self.local, &mut self.buffer)?
        else {
            // The pacer comes for the stamps of what it sends; this one it did not wait for.
            return Ok(Vec::new());
        };
        let at = self.clock.now().max(self.latest);
        self.latest = at;
        Ok(vec![Stamped { at, what: LinkEvent::Unreachable { link: self.link, remote, why } }])
    }
}

/// What came beside a datagram.
struct Ancillary {
    /// When the kernel got it, since the Unix epoch.
    stamp: Option<Duration>,
    /// How many datagrams the socket had lost by then.
    lost: Option<u32>,
}

impl Ancillary {
    fn of(message: &RecvMsg<'_, '_, SockaddrStorage>) -> Self {
        let mut found = Self { stamp: None, lost: None };
        for control in message.cmsgs().into_iter().flatten() {
            if let ControlMessageOwned::ScmTimestampns(stamp) = control {
                found.stamp = Some(stamp.into());
            } else if let ControlMessageOwned::RxqOvfl(lost) = control {
                found.lost = Some(lost);
            }
        }
        found
    }
}

pub(super) fn socket_address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|&v4| SocketAddr::V4(v4.into()));
    v4.or_else(|| storage.as_sockaddr_in6().map(|&v6| SocketAddr::V6(v6.into())))
}

/// The largest datagram of UDP, bytes.
const LARGEST: usize = 65_535;
