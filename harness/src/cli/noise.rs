//! `ringtrue noise`: how evenly this machine sends media, beside what others send.

use super::{Failure, lanes};
use crate::drive::noise;
use crate::time::Span;
use clap::Args;
use std::net::SocketAddr;

/// The options of `ringtrue noise`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// Where to send: something that listens, and measures by stamps of its own
    #[arg(long, value_name = "ADDRESS:PORT")]
    to: SocketAddr,
    /// How many streams of RTP at once, a packet of G.711 each 20 ms
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    streams: u16,
    /// For how long
    #[arg(long = "for", value_name = "TIME", default_value = "10 s")]
    span: Span,
}

pub(super) fn noise(arguments: &Arguments) -> Result<u8, Failure> {
    let Arguments { to, streams, span } = arguments;
    let runtime = lanes::runtime()?;
    let pacing = runtime.block_on(noise::send(*to, *streams, span.duration()))?;
    say!("sent later than due: {}; scheduled {}", pacing.late(), pacing.scheduling.name());
    Ok(0)
}
