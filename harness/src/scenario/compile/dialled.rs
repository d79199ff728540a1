//! Digits that we send: `alice ~> dut: digits 5#`, and how.

use super::Compiler;
use super::media::KEYS;
use super::step::Head;
use crate::proto::digits::{Events, Marker, Method};
use crate::scenario::code::Code;
use crate::scenario::program::{Dialled, Manner};
use crate::scenario::quantity;
use crate::scenario::sink::{did_you_mean, ticked};
use crate::scenario::tree::Scalar;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// Lengths of digits where a line does not say.
const DIGIT: Duration = Duration::from_millis(100);
const GAP: Duration = Duration::from_millis(60);
/// The low tone where a line does not say, and how far the high one is above it.
const LEVEL: f64 = -10.0;
const TWIST: f64 = 2.0;
/// Keys of digits that we send, and those that only one method has.
const COMMON: &[&str] = &["by", "tone", "gap", "within"];
const OF_EVENTS: &[&str] =
    &["volume", "every", "end-packets", "marker", "payload-type", "reserved", "lose", "srtp"];
const OF_TONES: &[&str] = &["level", "twist", "frequency-error", "srtp"];

impl Compiler<'_> {
    /// The digits of a line, and how they are sent.
    pub(super) fn dialled(
        &mut self,
        head: &Head<'_>,
        scalar: &Scalar,
        at: usize,
    ) -> Option<Dialled> {
        let method = self.method(head);
        let own = match method {
            Method::Rtp => OF_EVENTS,
            Method::Info(_) => &[],
            Method::Inband => OF_TONES,
        };
        let what = format!("digits that we send by `{}`", method.word());
        self.only(head, &[KEYS, COMMON, own].concat(), &what);
        let digits = self.digits(scalar, at)?;
        let tone = self.span(head.keys, "tone").unwrap_or(DIGIT);
        let gap = self.span(head.keys, "gap").unwrap_or(GAP);
        let manner = match method {
            Method::Rtp => Manner::Rtp(self.events(head)),
            Method::Info(format) => Manner::Info(format),
            Method::Inband => Manner::Inband {
                dbm0: self.amount(head, "level", quantity::dbm0_of).unwrap_or(LEVEL),
                twist: self.amount(head, "twist", quantity::decibels).unwrap_or(TWIST),
                offset: self.amount(head, "frequency-error", quantity::deviation).unwrap_or(0.0),
            },
        };
        Some(Dialled { digits, tone, gap, manner })
    }

    /// `by:` of digits, either way.
    pub(super) fn method(&mut self, head: &Head<'_>) -> Method {
        self.word(head, "by", Method::ALL, Method::word).unwrap_or_default()
    }

    fn events(&mut self, head: &Head<'_>) -> Events {
        let usual = Events::default();
        let volume = self.amount(head, "volume", quantity::dbm0_of).and_then(|dbm0| {
            let whole = (0_u8..=63).find(|volume| (f64::from(*volume) + dbm0).abs() < 1e-9);
            if whole.is_none() {
                self.complain(head, "volume", "expected a whole level from -63 dBm0 to 0 dBm0");
            }
            whole
        });
        let every = self.span(head.keys, "every").unwrap_or(usual.every);
        if !(Duration::from_millis(1)..=Duration::from_secs(1)).contains(&every) {
            self.complain(head, "every", "expected 1 ms to 1 s");
        }
        Events {
            volume: volume.unwrap_or(usual.volume),
            every,
            end_packets: self.number(head, "end-packets", 0..=20).unwrap_or(usual.end_packets),
            marker: self.word(head, "marker", Marker::ALL, Marker::word).unwrap_or(usual.marker),
            payload_type: self.number(head, "payload-type", 0..=127),
            reserved: self.flag(head.keys, "reserved"),
            lose: self.lost(head),
        }
    }

    /// `lose: [1, -1]`.
    fn lost(&mut self, head: &Head<'_>) -> Vec<i32> {
        let Some(node) = head.keys.get("lose") else { return Vec::new() };
        let items = node.texts("`lose`", &mut self.sink);
        let lost = items.iter().map(|item| item.text.trim().parse().ok().filter(|it| *it != 0));
        lost.collect::<Option<Vec<i32>>>().unwrap_or_else(|| {
            let label = "expected the numbers of packets, from 1, or from -1 at the end of a digit";
            self.complain(head, "lose", label);
            Vec::new()
        })
    }

    fn amount(
        &mut self,
        head: &Head<'_>,
        key: &str,
        read: fn(&Scalar, &mut crate::scenario::sink::Sink) -> Option<f64>,
    ) -> Option<f64> {
        let scalar = head.keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        if scalar.open { None } else { read(scalar, &mut self.sink) }
    }

    fn number<T: FromStr + PartialOrd + Display>(
        &mut self,
        head: &Head<'_>,
        key: &str,
        range: RangeInclusive<T>,
    ) -> Option<T> {
        let scalar = head.keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        if scalar.open {
            return None;
        }
        let value = scalar.text.trim().parse().ok().filter(|value| range.contains(value));
        if value.is_none() {
            let label = format!("expected a number from {} to {}", range.start(), range.end());
            self.complain(head, key, &label);
        }
        value
    }

    fn word<T: Copy, const N: usize>(
        &mut self,
        head: &Head<'_>,
        key: &str,
        all: [T; N],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let scalar = head.keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        let found = all.into_iter().find(|one| word(*one) == scalar.text.trim());
        if found.is_none() && !scalar.open {
            let words = all.map(word);
            let title = format!("`{key}` cannot be `{}`", scalar.text);
            let label = format!("expected {}", ticked(words.to_vec()));
            self.sink
                .add(Code::Value, &scalar.place, title, label)
                .maybe_help(did_you_mean(&scalar.text, words));
        }
        found
    }

    fn complain(&mut self, head: &Head<'_>, key: &str, label: &str) {
        let Some((_, node)) = head.keys.entry(key) else { return };
        let title = format!("`{key}` cannot be so");
        self.sink.add(Code::Range, node.place(), title, label);
    }
}
