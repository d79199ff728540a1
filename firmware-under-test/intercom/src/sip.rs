//! The device's own SIP grammar: RFC 3261 §7, §19 and §25, as far as a door station needs it.

mod address;
mod date;
mod message;
mod split;
mod uri;
mod via;

pub(crate) use address::Address;
pub use date::read_stamp;
pub(crate) use date::{read_date, stamp};
pub(crate) use message::{Length, Message, Names, Start, head_end};
pub(crate) use split::Params;
pub(crate) use uri::Uri;
pub(crate) use via::Via;
