//! Network interfaces, by the kernel's own protocol: RFC 3549, as `rtnetlink(7)` has it.

use nix::errno::Errno;
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};
use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;
use std::thread::sleep;
use std::time::Duration;

/// Brings the interface `name` up, with an address and prefix length if given, as soon as there is
/// one of that name, but within `patience`.
///
/// # Errors
///
/// There is none, or the kernel refuses.
pub(super) fn up(name: &str, address: Option<(IpAddr, u8)>, patience: Duration) -> io::Result<()> {
    let index = await_index(name, patience)?;
    if let Some((address, prefix)) = address {
        ask(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &address_body(index, address, prefix))?;
    }
    ask(RTM_NEWLINK, 0, &link_up_body(index))
}

fn await_index(name: &str, patience: Duration) -> io::Result<u32> {
    let mut waited = Duration::ZERO;
    loop {
        match if_nametoindex(name) {
            Ok(index) => return Ok(index),
            Err(errno) if waited >= patience => return Err(errno.into()),
            Err(_) => sleep(GLANCE),
        }
        waited += GLANCE;
    }
}

/// Sends one request and reads the kernel's answer to it.
fn ask(kind: u16, flags: u16, body: &[u8]) -> io::Result<()> {
    let socket = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    let request = message(kind, NLM_F_REQUEST | NLM_F_ACK | flags, body);
    send(socket.as_raw_fd(), &request, MsgFlags::empty())?;
    let mut answer = [0; 4096];
    let length = recv(socket.as_raw_fd(), &mut answer, MsgFlags::empty())?;
    match error_of(answer.get(..length).unwrap_or_default()) {
        Some(0) => Ok(()),
        Some(negated) => Err(Errno::from_raw(-negated).into()),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// A request: `struct nlmsghdr`, then the body.
fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut message = Vec::new();
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend(1_u32.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    message.extend(body);
    message
}

/// `struct ifinfomsg` that sets the flag "up" of an interface.
fn link_up_body(index: u32) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0];
    for word in [index, IFF_UP, IFF_UP] {
        body.extend(word.to_ne_bytes());
    }
    body
}

/// `struct ifaddrmsg` with the attributes "local" and "address".
fn address_body(index: u32, address: IpAddr, prefix: u8) -> Vec<u8> {
    // Nobody else on a board's network has its address: IPv6 need not look for one who has.
    let (family, flags, length, octets) = match address {
        IpAddr::V4(v4) => (AF_INET, 0, 8_u16, v4.octets().to_vec()),
        IpAddr::V6(v6) => (AF_INET6, IFA_F_NODAD, 20, v6.octets().to_vec()),
    };
    let mut body = vec![family, prefix, flags, 0];
    body.extend(index.to_ne_bytes());
    for attribute in [IFA_LOCAL, IFA_ADDRESS] {
        body.extend(length.to_ne_bytes());
        body.extend(attribute.to_ne_bytes());
        body.extend(&octets);
    }
    body
}

/// The error number, negated or zero, of a `struct nlmsgerr`.
fn error_of(answer: &[u8]) -> Option<i32> {
    let kind = answer.get(4..6)?.try_into().map(u16::from_ne_bytes).ok()?;
    let error = answer.get(HEADER..HEADER + 4)?.try_into().map(i32::from_ne_bytes).ok()?;
    (kind == NLMSG_ERROR).then_some(error)
}

const HEADER: usize = 16;
const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const NLM_F_REQUEST: u16 = 0x001;
const NLM_F_ACK: u16 = 0x004;
const NLM_F_REPLACE: u16 = 0x100;
const NLM_F_CREATE: u16 = 0x400;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IFA_F_NODAD: u8 = 0x02;
const IFF_UP: u32 = 1;
/// How often to look for an interface that is not there yet.
const GLANCE: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_layout_of_the_kernels_header() {
        let body = address_body(2, "198.18.7.2".parse().unwrap(), 24);
        let request = message(RTM_NEWADDR, NLM_F_REQUEST, &body);
        let expected: &[u8] = &[
            40, 0, 0, 0, 20, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0,
            0, // length, kind, flags, number, port
            2, 24, 0, 0, 2, 0, 0, 0, // family, prefix, flags, scope, index
            8, 0, 2, 0, 198, 18, 7, 2, 8, 0, 1, 0, 198, 18, 7, 2, // local, address
        ];
        assert_eq!(request, expected);
    }

    #[test]
    fn an_ipv6_address_is_longer_and_is_not_looked_for() {
        let body = address_body(2, "2001:db8::2".parse().unwrap(), 64);
        assert_eq!(body[..12], [10, 64, 2, 0, 2, 0, 0, 0, 20, 0, 2, 0]);
        assert_eq!(body.len(), 8 + 2 * 20);
    }

    #[test]
    fn the_answer_holds_the_error() {
        assert_eq!(error_of(&message(NLMSG_ERROR, 0, &(-17_i32).to_ne_bytes())), Some(-17));
        assert_eq!(error_of(&message(NLMSG_ERROR, 0, &0_i32.to_ne_bytes())), Some(0));
        assert_eq!(error_of(&message(RTM_NEWLINK, 0, &[0; 4])), None);
        assert_eq!(error_of(&[0; 7]), None);
    }
}
