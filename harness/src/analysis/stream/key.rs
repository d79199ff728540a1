//! What tells streams apart, looked up for every packet of a capture.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

/// One source between two addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Key {
    /// The two hosts; one of IPv4 has nothing in its upper half.
    lower: (u64, u64),
    upper: (u64, u64),
    /// Both ports, and the synchronisation source.
    ports: u64,
}

/// The synchronisation source that the header of a packet names.
pub(super) const fn ssrc(&[.., c0, c1, c2, c3]: &[u8; 12]) -> u32 {
    u32::from_be_bytes([c0, c1, c2, c3])
}

impl Key {
    pub(super) fn of(from: SocketAddr, to: SocketAddr, ssrc: u32) -> Self {
        let halves = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => (u64::from(ip.to_bits()), 0),
            IpAddr::V6(ip) => {
                let [upper, lower] = [ip.to_bits() >> 64, ip.to_bits() & u128::from(u64::MAX)];
                let half = |bits| u64::try_from(bits).unwrap_or_default();
                (half(lower), half(upper))
            }
        };
        let (from_host, to_host) = (halves(from.ip()), halves(to.ip()));
        Self {
            lower: (from_host.0, to_host.0),
            upper: (from_host.1, to_host.1),
            ports: ports((from.port(), to.port()), ssrc),
        }
    }

    /// That of a packet of IPv4.
    #[inline]
    pub(super) fn between(hosts: (u32, u32), both: (u16, u16), header: &[u8; 12]) -> Self {
        let lower = (u64::from(hosts.0), u64::from(hosts.1));
        Self { lower, upper: (0, 0), ports: ports(both, ssrc(header)) }
    }
}

#[inline]
fn ports((from, to): (u16, u16), ssrc: u32) -> u64 {
    u64::from(from) << 48 | u64::from(to) << 32 | u64::from(ssrc)
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (from, to) = self.lower;
        state.write_u64(from ^ to.rotate_left(32));
        state.write_u64(self.ports ^ self.upper.0 ^ self.upper.1.rotate_left(32));
    }
}

/// Makes [`Mixer`]s: a multiplication for each word, as the default hash would take half the time of
/// the analysis. Who crafts a capture so that its streams collide makes it slow, and no more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hashed;

/// The hash of the words so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixer(u64);

impl BuildHasher for Hashed {
    type Hasher = Mixer;

    #[inline]
    fn build_hasher(&self) -> Mixer {
        Mixer(SEED)
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(SEED);
        let [low, high] = [product & u128::from(u64::MAX), product >> 64];
        self.0 = u64::try_from(low ^ high).unwrap_or_default();
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// An odd number without a pattern: 2⁶⁴ over the golden ratio.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
