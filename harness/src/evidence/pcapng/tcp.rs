//! TCP around what passed on connections, made up so that Wireshark follows the stream.
//!
//! The points saw what a write put on a connection and what a read took from it, and no segments. So
//! the segments here are those of a path that loses nothing: one for each write or read, more where it
//! is too long for one, and three for the opening. How a connection ended is not known to the segment,
//! and none says it.

use std::collections::HashMap;
use std::net::SocketAddr;

/// One segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Segment<'a> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) kind: Kind,
    pub(super) sequence: u32,
    /// The next number that is awaited from the other end.
    pub(super) awaited: u32,
    pub(super) bytes: &'a [u8],
}

/// What a segment is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// It asks for a connection: SYN.
    Opens,
    /// It grants one: SYN and ACK.
    Accepts,
    /// It confirms that: ACK.
    Confirms,
    /// It carries bytes.
    Carries,
}

/// The connections of a capture, by the two addresses.
#[derive(Debug, Default)]
pub(super) struct Connections {
    /// The next number of each way.
    next: HashMap<(SocketAddr, SocketAddr), u32>,
}

impl Connections {
    /// The opening of a connection. Where both ends are ours it is seen twice, and told once.
    pub(super) fn open(&mut self, from: SocketAddr, to: SocketAddr) -> Vec<Segment<'static>> {
        let begun = self.next.get(&(from, to));
        if begun == Some(&FIRST) && self.next.get(&(to, from)) == Some(&FIRST) {
            return Vec::new();
        }
        self.next.insert((from, to), FIRST);
        self.next.insert((to, from), FIRST);
        let segment = |(from, to), kind, sequence, awaited| Segment {
            from,
            to,
            kind,
            sequence,
            awaited,
            bytes: &[],
        };
        vec![
            segment((from, to), Kind::Opens, 0, 0),
            segment((to, from), Kind::Accepts, 0, FIRST),
            segment((from, to), Kind::Confirms, FIRST, FIRST),
        ]
    }

    /// Bytes on a connection, of which none need have been opened.
    pub(super) fn carry<'a>(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &'a [u8],
    ) -> Vec<Segment<'a>> {
        let awaited = *self.next.entry((to, from)).or_insert(FIRST);
        let next = self.next.entry((from, to)).or_insert(FIRST);
        let segments = bytes.chunks(MOST_PAYLOAD).map(|bytes| {
            let sequence = *next;
            *next = next.wrapping_add(u32::try_from(bytes.len()).unwrap_or_default());
            Segment { from, to, kind: Kind::Carries, sequence, awaited, bytes }
        });
        segments.collect()
    }
}

/// The number of the first byte of each way: that of the opening is 0.
const FIRST: u32 = 1;
/// What fits in a segment over IPv4 and IPv6, without options.
const MOST_PAYLOAD: usize = 65_535 - 20 - 20;
