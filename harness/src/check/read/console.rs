//! Figures of the control face, and of the case as a whole.

use super::{named, time};
use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::value::{Read, Value};
use crate::check::view::View;
use crate::evidence::point::RolePoint;
use crate::evidence::timeline::{Entry, Seen, Seq};
use crate::wire::rtcp::{Compound, Packet};
use std::time::Duration;

/// The figure, or `None` if it is not one of the control face or of the whole case.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    let entries = view.timeline().entries();
    match reading.figure {
        Figure::Console => {
            let (lines, seqs): (Vec<_>, Vec<Seq>) = entries
                .iter()
                .filter_map(|entry| match &entry.seen {
                    Seen::Line(line) => Some((line.clone(), entry.seq)),
                    _ => None,
                })
                .unzip();
            Some(Read::of(Value::Texts(lines), seqs))
        }
        Figure::Line | Figure::Detail => Some(line(reading, view)),
        Figure::RtpAfter | Figure::RtcpAfter | Figure::RtpBefore => {
            let ends = time::end(named(reading)?, view)
                .and_then(|label| Ok((label, time::end(reading.step, view)?)));
            Some(match ends {
                Err(why) => Read::unknown(why, []),
                Ok((label, step)) => {
                    let (wanted, early) = match reading.figure {
                        Figure::RtcpAfter => (RolePoint::Rtcp, false),
                        Figure::RtpBefore => (RolePoint::Rtp, true),
                        _ => (RolePoint::Rtp, false),
                    };
                    // What comes after the step, as when the call ends, is not its matter.
                    let late = label.at + GRACE..=step.at;
                    let counts = |at| if early { at < label.at } else { late.contains(&at) };
                    let found = entries.iter().filter(|entry| {
                        matches!(entry.seen, Seen::Received(_))
                            && matches!(entry.carries(), Some((_, point)) if point == wanted)
                            && counts(entry.at)
                    });
                    let seqs: Vec<_> = found.map(|entry| entry.seq).collect();
                    let count = Value::count(seqs.len());
                    Read::of(count, std::iter::once(label.seq).chain(seqs.into_iter().take(CITED)))
                }
            })
        }
        Figure::RtcpByes => {
            let leaves = |entry: &&Entry| {
                matches!(&entry.seen, Seen::Received(datagram)
                    if matches!(entry.carries(), Some((_, RolePoint::Rtcp)))
                        && view.plain().packet(entry.seq, &datagram.bytes).is_some_and(takes_leave))
            };
            let end = match time::end(reading.step, view) {
                Ok(end) => end,
                Err(why) => return Some(Read::unknown(why, [])),
            };
            let until = entries.iter().filter(|entry| entry.at <= end.at);
            let seqs: Vec<_> = until.filter(leaves).map(|entry| entry.seq).collect();
            Some(Read::of(Value::count(seqs.len()), seqs.into_iter().take(CITED)))
        }
        _ => None,
    }
}

/// Whether an RTCP datagram has a goodbye.
fn takes_leave(bytes: &[u8]) -> bool {
    let packets = Compound::read(bytes).packets;
    packets.iter().any(|packet| matches!(packet, Packet::Bye { .. }))
}

fn line(reading: &Reading, view: &View<'_>) -> Read {
    let Some(entry) = view.met_by(reading.step) else {
        return Read::unknown(format!("no line met the step of {}", reading.text), []);
    };
    let Seen::Line(line) = &entry.seen else {
        return Read::unknown("the step was not met by a line", [entry.seq]);
    };
    let text = match reading.figure {
        Figure::Detail => line.split_whitespace().last().unwrap_or_default(),
        _ => line,
    };
    Read::of(Value::Text(text.to_owned()), [entry.seq])
}

/// How long packets that were on their way may still arrive.
const GRACE: Duration = Duration::from_millis(100);

/// How many of many like entries a finding cites.
const CITED: usize = 5;
