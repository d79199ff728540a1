//! What was seen, and how a run is stored.
//!
//! The timeline is the conformance log of ISO/IEC 9646-1: append-only, written by one writer, and
//! the only thing that a check or a report may read. Bytes are kept as they were; a decoded message
//! is a view of an entry, never the entry itself.

mod bytes;
pub mod capture;
pub mod console;
pub mod durations;
#[cfg(test)]
pub(crate) mod example;
pub mod extent;
pub mod formats;
pub mod jsonl;
pub mod keyed;
pub mod pcapng;
pub mod plain;
pub mod point;
pub mod record;
pub mod step;
pub mod streams;
pub mod timeline;
pub mod wav;
