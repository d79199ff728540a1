//! The blocks of a pcapng file: several sections and interfaces, both byte orders, any resolution.

use super::{Frame, LONGEST_FRAME, Link, Next, Order, UNSTAMPED};
use crate::time::Tick;

/// A pcapng file.
#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    interfaces: Vec<Interface>,
}

/// What a section says of an interface.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Link,
    /// At most so much of a frame is captured; 0 for no limit.
    longest: usize,
    clock: Clock,
}

/// How the times of an interface are counted.
#[derive(Clone, Copy, Debug)]
struct Clock {
    /// Units in a second.
    resolution: u64,
    /// Seconds to add.
    offset: i64,
}

impl Default for Pcapng {
    fn default() -> Self {
        Self { order: Order::Little, interfaces: Vec::new() }
    }
}

impl Pcapng {
    pub(super) fn next<'b>(&mut self, buffer: &'b [u8]) -> Result<Next<'b>, String> {
        let Some(kind) = buffer.first_chunk::<4>() else { return Ok(Next::More(HEADER)) };
        let is_section = *kind == SECTION;
        if is_section {
            // Its byte order is its own, and stands behind its length.
            let Some(mark) = buffer.get(8..12) else { return Ok(Next::More(12)) };
            self.order = match mark {
                [0x4d, 0x3c, 0x2b, 0x1a] => Order::Little,
                [0x1a, 0x2b, 0x3c, 0x4d] => Order::Big,
                _ => return Err("a section has no mark of its byte order".to_owned()),
            };
        }
        let order = self.order;
        let Some(length) = order.length(buffer, 4) else { return Ok(Next::More(HEADER)) };
        if length < LEAST || !length.is_multiple_of(4) || length > LONGEST_FRAME + 4096 {
            return Err(format!("a block says that it is {length} bytes long, which none is"));
        }
        let Some(block) = buffer.get(..length) else { return Ok(Next::More(length)) };
        if order.length(block, length - 4) != Some(length) {
            return Err(format!("a block of {length} bytes does not end as it begins"));
        }
        let body = block.get(HEADER..length - 4).unwrap_or_default();
        let broken = || "a block is too short for what it has to hold".to_owned();
        Ok(match order.u32(block, 0) {
            _ if is_section => {
                self.interfaces.clear();
                Next::Other(length)
            }
            Some(1) => {
                self.interfaces.push(Interface::read(order, body).ok_or_else(broken)?);
                Next::Other(length)
            }
            // The packet block that the enhanced one has replaced.
            Some(2) => {
                let interface = order.u16(body, 0).ok_or_else(broken)?;
                self.enhanced(usize::from(interface), body, length)?
            }
            Some(3) => {
                let interface = self.interface(0)?;
                let whole = order.length(body, 0).ok_or_else(broken)?;
                let limit = if interface.longest == 0 { whole } else { interface.longest };
                let bytes = body.get(4..).unwrap_or_default();
                let bytes = bytes.get(..whole.min(limit)).unwrap_or(bytes);
                let frame =
                    Frame { number: 0, at: UNSTAMPED, link: interface.link, bytes, length: whole };
                Next::Frame(frame, length)
            }
            Some(6) => {
                let interface = order.length(body, 0).ok_or_else(broken)?;
                self.enhanced(interface, body, length)?
            }
            Some(10) if order.u32(body, 0) == Some(TLS_KEY_LOG) => {
                let size = order.length(body, 4).ok_or_else(broken)?;
                let secrets = body.get(8..).and_then(|rest| rest.get(..size)).ok_or_else(broken)?;
                Next::Secrets(secrets, length)
            }
            _ => Next::Other(length),
        })
    }

    fn enhanced<'b>(
        &self,
        interface: usize,
        body: &'b [u8],
        length: usize,
    ) -> Result<Next<'b>, String> {
        let order = self.order;
        let Interface { link, clock, .. } = self.interface(interface)?;
        let fields = || {
            let (high, low) = (order.u32(body, 4)?, order.u32(body, 8)?);
            let (captured, whole) = (order.length(body, 12)?, order.length(body, 16)?);
            let bytes = body.get(20..)?.get(..captured)?;
            Some((u64::from(high) << 32 | u64::from(low), bytes, whole))
        };
        let Some((time, bytes, whole)) = fields() else {
            return Err("a packet block holds less than it says".to_owned());
        };
        let frame = Frame { number: 0, at: clock.at(time), link, bytes, length: whole };
        Ok(Next::Frame(frame, length))
    }

    fn interface(&self, number: usize) -> Result<Interface, String> {
        self.interfaces.get(number).copied().ok_or_else(|| {
            format!("a frame is of interface {number}, which the section does not describe")
        })
    }
}

impl Interface {
    fn read(order: Order, body: &[u8]) -> Option<Self> {
        let link = Link(order.u16(body, 0)?);
        let longest = order.length(body, 4)?;
        let mut clock = Clock { resolution: 1_000_000, offset: 0 };
        let mut rest = body.get(8..)?;
        while let (Some(code), Some(length)) = (order.u16(rest, 0), order.u16(rest, 2)) {
            let length = usize::from(length);
            let Some(value) = rest.get(4..4 + length) else { break };
            match (code, value) {
                (0, _) => break,
                (IF_TSRESOL, &[exponent, ..]) => clock.resolution = resolution(exponent),
                (IF_TSOFFSET, _) => {
                    clock.offset = order.u64(value, 0).unwrap_or_default().cast_signed();
                }
                _ => {}
            }
            rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        }
        Some(Self { link, longest, clock })
    }
}

impl Clock {
    fn at(self, units: u64) -> Tick {
        let nanos = match self.resolution {
            1_000_000_000 => units,
            1_000_000 => units.saturating_mul(1_000),
            resolution => {
                let nanos = u128::from(units) * 1_000_000_000 / u128::from(resolution.max(1));
                u64::try_from(nanos).unwrap_or(u64::MAX)
            }
        };
        let offset = self.offset.saturating_mul(1_000_000_000);
        Tick::from_nanos(nanos.saturating_add_signed(offset))
    }
}

/// Units in a second, by `if_tsresol`: a power of ten, or with the highest bit of two. An exponent
/// that is out of range counts as the largest.
fn resolution(exponent: u8) -> u64 {
    if exponent & 0x80 == 0 {
        10_u64.saturating_pow(exponent.into())
    } else {
        2_u64.saturating_pow((exponent & 0x7f).into())
    }
}

/// The type of a section header, which reads the same in both byte orders.
pub(super) const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// Type and length.
const HEADER: usize = 8;
/// The length of a block without a body.
const LEAST: usize = 12;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;
/// `TLSK`.
const TLS_KEY_LOG: u32 = 0x544c_534b;
