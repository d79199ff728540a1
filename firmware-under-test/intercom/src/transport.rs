//! How messages reach the device and leave it: RFC 3261 §18.

/// A byte stream, named by who opened it: the core counts its own from 1, the board those that
/// come in from `0x8000_0000`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Connection(pub u32);

/// What carries a byte stream.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Stream {
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}
