//! Figures of the control face, and of the case as a whole.

use super::{named, time};
use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::value::{Read, Value};
use crate::check::view::View;
use crate::evidence::point::RolePoint;
use crate::evidence::timeline::{Seen, Seq};
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
        Figure::RtpAfter => Some(match time::end(named(reading)?, view) {
            Err(why) => Read::unknown(why, []),
            Ok(end) => {
                let late = entries.iter().filter(|entry| {
                    matches!(entry.seen, Seen::Received(_))
                        && matches!(entry.pco.role(), Some((_, RolePoint::Rtp)))
                        && entry.at > end.at + GRACE
                });
                let seqs: Vec<_> = late.map(|entry| entry.seq).collect();
                let count = Value::count(seqs.len());
                Read::of(count, std::iter::once(end.seq).chain(seqs.into_iter().take(CITED)))
            }
        }),
        _ => None,
    }
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
