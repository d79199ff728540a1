//! The error queue of a socket: ICMP errors, and the kernel's stamps of what was sent.

use super::receive::socket_address;
use nix::cmsg_space;
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, Timestamps, recvmsg};
use std::io::IoSliceMut;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// One thing in the queue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Queued {
    /// When a datagram of ours left the kernel, since the Unix epoch.
    Stamp(Duration),
    /// An ICMP error came back for one.
    Unreachable {
        /// Where it had been sent.
        remote: SocketAddr,
        /// The error in words.
        why: String,
    },
}

/// Takes the next thing off the queue; `EAGAIN` where there is none.
///
/// `buffer` is for what the error is about; what does not fit is left out.
pub(super) fn next(
    socket: &impl AsRawFd,
    local: SocketAddr,
    buffer: &mut [u8],
) -> nix::Result<Queued> {
    let mut control = cmsg_space!(Timestamps, u32, (libc::sock_extended_err, libc::sockaddr_in6));
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let mut parts = [IoSliceMut::new(buffer)];
    let message =
        recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut control), flags)?;
    let (mut stamp, mut errno) = (None, None);
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmTimestampsns(stamps) = control {
            stamp = Some(Duration::from(stamps.system));
        } else if let ControlMessageOwned::Ipv4RecvErr(error, _)
        | ControlMessageOwned::Ipv6RecvErr(error, _) = control
            && error.ee_origin != ORIGIN_TIMESTAMPING
        {
            errno = i32::try_from(error.ee_errno).ok();
        }
    }
    Ok(match (stamp, errno) {
        (Some(stamp), None) => Queued::Stamp(stamp),
        (_, errno) => {
            let remote = message.address.as_ref().and_then(socket_address).unwrap_or(local);
            let why = errno.map_or("unknown error", |errno| Errno::from_raw(errno).desc());
            Queued::Unreachable { remote, why: why.to_owned() }
        }
    })
}

/// `SO_EE_ORIGIN_TIMESTAMPING`.
const ORIGIN_TIMESTAMPING: u8 = 4;
