//! A network that loses, delays, repeats and reorders datagrams, as a seeded machine.
//!
//! It stands between a point of ours and the device, one [`Impairer`] for each way. What it is asked is
//! an [`Impairment`]; what it does to each datagram is a [`Fate`], which goes into the timeline, so that
//! the truth is known packet by packet. It touches no socket: whoever drives it does what it says.

mod impairer;
mod network;

pub use impairer::Impairer;
pub use network::Network;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// Which way a datagram goes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// From us to the device.
    ToDevice,
    /// From the device to us.
    FromDevice,
}

/// What a way does to datagrams; the default does nothing.
///
/// In this order: a datagram is lost or not; it queues for the link of a rate; it is delayed, with
/// jitter, never overtaking the one before it; some are held back so that others overtake them; some
/// arrive twice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Impairment {
    /// Added to the time of each.
    pub delay: Duration,
    /// Drawn anew for each, and added to that.
    pub jitter: Option<Jitter>,
    /// Which are lost.
    pub loss: Option<Loss>,
    /// The part of them that arrives twice.
    pub duplicate: f64,
    /// Which are overtaken.
    pub reorder: Option<Reorder>,
    /// How fast the link is.
    pub rate: Option<Rate>,
}

/// How a delay varies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Jitter {
    /// Each value from nothing to this is as likely.
    Uniform(Duration),
    /// The magnitude of a normal variable with this standard deviation.
    Normal(Duration),
    /// Exponential with this mean: now and then one is very late.
    Exponential(Duration),
}

/// The model of Gilbert and Elliott: a path that is good or bad, and loses the more when it is bad.
///
/// Before each datagram the path may change its state; all four are probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// That a good path becomes bad.
    pub enter: f64,
    /// That a bad path becomes good.
    pub leave: f64,
    /// That a good path loses a datagram.
    pub good: f64,
    /// That a bad path loses one.
    pub bad: f64,
}

/// Which datagrams are overtaken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reorder {
    /// The part of them that is held back.
    pub part: f64,
    /// For how long.
    pub by: Duration,
}

/// How fast a link is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Bits a second, of the datagram with its IPv4 and UDP headers.
    pub bits: f64,
    /// The longest time in the queue; what would wait longer is lost.
    pub queue: Duration,
}

/// What became of a datagram on its way.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is gone.
    Lost(Cause),
    /// It came through.
    Carried {
        /// So much later.
        #[serde(with = "crate::time::nanos")]
        delay: Duration,
        /// So often: once or twice.
        copies: u8,
    },
}

/// Why a datagram is gone.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The path lost it.
    Loss,
    /// The queue was full.
    Queue,
}

impl Impairment {
    /// Whether datagrams pass as they are.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Loss {
    /// Independent losses of a part of all datagrams.
    pub const fn random(part: f64) -> Self {
        Self { enter: 0.0, leave: 1.0, good: part, bad: part }
    }

    /// Losses of a part of all datagrams, in bursts of so many in the mean.
    ///
    /// Everything is lost in the bad state and nothing in the good one: a burst lasts `1 / leave`, and
    /// the path is bad for `enter / (enter + leave)` of the time.
    pub fn bursts(part: f64, mean: f64) -> Self {
        let leave = 1.0 / mean;
        Self { enter: (leave * part / (1.0 - part)).min(1.0), leave, good: 0.0, bad: 1.0 }
    }

    /// The part that is lost in the long run.
    pub fn part(&self) -> f64 {
        let moves = self.enter + self.leave;
        let bad = if moves > 0.0 { self.enter / moves } else { 0.0 };
        bad * self.bad + (1.0 - bad) * self.good
    }
}

impl fmt::Display for Impairment {
    /// As in a scenario: `delay 40 ms, jitter uniform 20 ms, loss 5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |span: &Duration| format!("{} ms", span.as_secs_f64() * 1e3);
        let percent = |part: f64| format!("{} %", (part * 1e7).round() / 1e5);
        let mut said = Vec::new();
        if !self.delay.is_zero() {
            said.push(format!("delay {}", ms(&self.delay)));
        }
        said.extend(self.jitter.as_ref().map(|jitter| match jitter {
            Jitter::Uniform(span) => format!("jitter uniform {}", ms(span)),
            Jitter::Normal(span) => format!("jitter normal {}", ms(span)),
            Jitter::Exponential(span) => format!("jitter exponential {}", ms(span)),
        }));
        said.extend(self.loss.as_ref().map(|loss| {
            let Loss { enter, leave, good, bad } = *loss;
            match (enter > 0.0, good > 0.0) {
                (false, _) => format!("loss {}", percent(good)),
                (true, false) if bad >= 1.0 => {
                    format!(
                        "loss {} in bursts of {}",
                        percent(loss.part()),
                        (1e2 / leave).round() / 1e2
                    )
                }
                (true, _) => format!(
                    "loss {} good, {} bad, enter {}, leave {}",
                    percent(good),
                    percent(bad),
                    percent(enter),
                    percent(leave)
                ),
            }
        }));
        if self.duplicate > 0.0 {
            said.push(format!("duplicate {}", percent(self.duplicate)));
        }
        said.extend(
            self.reorder
                .as_ref()
                .map(|reorder| format!("reorder {} by {}", percent(reorder.part), ms(&reorder.by))),
        );
        said.extend(
            self.rate
                .as_ref()
                .map(|rate| format!("rate {} kbit/s, queue {}", rate.bits / 1e3, ms(&rate.queue))),
        );
        if said.is_empty() {
            said.push("nothing".to_owned());
        }
        f.write_str(&said.join(", "))
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(Cause::Loss) => f.write_str("lost on the way"),
            Self::Lost(Cause::Queue) => f.write_str("lost in a full queue"),
            Self::Carried { delay, copies } => {
                let times = if *copies == 2 { ", twice" } else { "" };
                write!(f, "{:.1} ms later{times}", delay.as_secs_f64() * 1e3)
            }
        }
    }
}
