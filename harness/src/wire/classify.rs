//! What a datagram is, from its first bytes.

/// What a datagram looks like.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Nothing, or line ends and NULs only: a keep-alive (RFC 5626 §3.5.1, RFC 3261 §7.5).
    KeepAlive,
    /// Text that may be SIP. It need not be sound.
    Sip,
    /// STUN, by its cookie (RFC 5389 §6).
    Stun,
    /// RTP, by its version and payload type (RFC 5761 §4).
    Rtp,
    /// RTCP, by its version and packet type (RFC 5761 §4).
    Rtcp,
    /// None of these.
    Unknown,
}

/// What `datagram` is, by the ranges of RFC 7983 §7 and the payload types of RFC 5761 §4.
#[inline]
pub fn classify(datagram: &[u8]) -> Kind {
    if datagram.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Kind::KeepAlive;
    }
    let cookie = datagram.get(4..8) == Some(&STUN_COOKIE);
    match (datagram.first().copied().unwrap_or_default(), datagram.get(1).copied()) {
        (0..=3, _) if cookie => Kind::Stun,
        //= RFC 5761 §4
        (128..=191, Some(192..=223)) => Kind::Rtcp,
        (128..=191, Some(_)) if datagram.len() >= 12 => Kind::Rtp,
        (first, _) if first.is_ascii_graphic() || first.is_ascii_whitespace() => Kind::Sip,
        _ => Kind::Unknown,
    }
}

const STUN_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"", Kind::KeepAlive)]
    #[case(b"\r\n\r\n", Kind::KeepAlive)]
    #[case(b"\0\0\0\0", Kind::KeepAlive)]
    #[case(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", Kind::Sip)]
    #[case(b"\r\nSIP/2.0 200 OK\r\n\r\n", Kind::Sip)]
    #[case(b"\x80\x00\x00\x01\0\0\0\0\0\0\0\x01\xff", Kind::Rtp)]
    #[case(b"\x80\xe5\x00\x01\0\0\0\0\0\0\0\x01\xff", Kind::Rtp)]
    #[case(b"\x80\xc8\x00\x06\0\0\0\0", Kind::Rtcp)]
    #[case(b"\x81\xcb\x00\x01\0\0\0\0", Kind::Rtcp)]
    #[case(b"\x80\x00\x00", Kind::Unknown)]
    #[case(b"\x00\x01\x00\x00\x21\x12\xa4\x42\0\0\0\0\0\0\0\0\0\0\0\0", Kind::Stun)]
    #[case(b"\x00\x01\x00\x00\0\0\0\0", Kind::Unknown)]
    #[case(b"\xff\xff", Kind::Unknown)]
    fn kinds(#[case] datagram: &[u8], #[case] kind: Kind) {
        assert_eq!(classify(datagram), kind);
    }
}
