//! `rig: impair alice.rtp to dut`: the network between our ends and the device.

use super::Compiler;
use super::step::Head;
use crate::check::subject::SubjectKind;
use crate::evidence::point::RolePoint;
use crate::impair::{Impairment, Jitter, Loss, Rate, Reorder, Way};
use crate::scenario::code::Code;
use crate::scenario::program::{Impair, RoleId, Step, StepKind};
use crate::scenario::quantity;
use crate::scenario::sink::did_you_mean;
use crate::scenario::tree::{Node, Scalar};
use std::ops::Range;
use std::time::Duration;

/// The word with which such a step begins.
pub(in crate::scenario) const IMPAIR: &str = "impair";
/// What a network can do to datagrams.
pub(in crate::scenario) const IMPAIR_KEYS: &[&str] =
    &["delay", "jitter", "loss", "duplicate", "reorder", "rate", "queue"];

impl Compiler<'_> {
    /// `rig: impair alice.rtp to dut` with its keys, `rig: impair nothing`.
    pub(super) fn impair(&mut self, head: &Head<'_>, scalar: &Scalar) -> Option<Step> {
        let known: Vec<_> = IMPAIR_KEYS.iter().chain(&["check", "as"]).copied().collect();
        self.only(head, &known, "an impairment");
        let ways = self.impaired(scalar);
        let asked = self.impairment(head);
        let target = scalar.text.trim().strip_prefix(IMPAIR).unwrap_or_default().trim();
        let nothing = target == NOTHING;
        let key = head.keys.entries.iter().map(|(key, _)| key);
        let key = key.into_iter().find(|key| IMPAIR_KEYS.contains(&key.text.as_str()));
        if key.is_none() && !nothing && !scalar.open && !target.is_empty() {
            self.sink
                .add(
                    Code::MissingKey,
                    &scalar.place,
                    "the impairment does nothing",
                    "no key says what",
                )
                .help(format!(
                    "add such as `delay: 40 ms` or `loss: 5 %`; `rig: {IMPAIR} {NOTHING}` ends all"
                ));
        } else if let (true, Some(key)) = (nothing, key) {
            let title = format!("`{}` contradicts `{IMPAIR} {NOTHING}`", key.text);
            self.sink.add(Code::Conflict, &key.place, title, "nothing is impaired here");
        }
        let words = format!("{IMPAIR} {target}: {asked}");
        let words = if nothing { format!("{IMPAIR} {NOTHING}") } else { words };
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        Some(self.made(id, head, text, StepKind::Impair(Impair { ways: ways?, asked, words })))
    }

    /// `alice.rtp to dut`: which points, and which ways.
    fn impaired(&mut self, scalar: &Scalar) -> Option<Vec<(RoleId, RolePoint, Way)>> {
        if scalar.open {
            return None;
        }
        let words = words(&scalar.text);
        let text = |at: usize| words.get(at).and_then(|at| scalar.text.get(at.clone()));
        let ways: &[Way] = match (text(2), text(3), text(4)) {
            (None, ..) => &[Way::ToDevice, Way::FromDevice],
            (Some("to"), Some("dut"), None) => &[Way::ToDevice],
            (Some("from"), Some("dut"), None) => &[Way::FromDevice],
            _ => {
                let from = words.get(2).map_or(0, |at| at.start);
                let place = scalar.place_of(&(from..scalar.text.trim_end().len()));
                let label = "expected `to dut`, `from dut`, or nothing for both ways";
                self.sink.add(Code::Value, &place, "this is not a way", label);
                return None;
            }
        };
        let Some(target) = text(1) else {
            let label = "expected `alice.rtp`, `alice.sip`, `alice.rtcp`, or `alice` for all three";
            self.sink.add(Code::Arguments, &scalar.place, "it is not said what to impair", label);
            return None;
        };
        let (roles, points) = if target == NOTHING {
            let roles = 0..u16::try_from(self.roles.len()).unwrap_or(u16::MAX);
            (roles.map(RoleId).collect(), POINTS.to_vec())
        } else {
            let place = words.get(1).map_or(scalar.place.clone(), |at| scalar.place_of(at));
            let (name, point) =
                target.split_once('.').map_or((target, None), |(n, p)| (n, Some(p)));
            let role = self.role(name, &place)?;
            let points = match point {
                None => POINTS.to_vec(),
                Some(word) => {
                    let found: Vec<_> =
                        POINTS.iter().copied().filter(|point| point.name() == word).collect();
                    if found.is_empty() {
                        let title = format!("a role has no point `{word}`");
                        self.sink
                            .add(
                                Code::UnknownWord,
                                &place,
                                title,
                                "expected `sip`, `rtp` or `rtcp`",
                            )
                            .maybe_help(did_you_mean(word, POINTS.iter().map(|it| it.name())));
                        return None;
                    }
                    found
                }
            };
            (vec![role], points)
        };
        let ends = roles.iter().flat_map(|role| points.iter().map(move |point| (*role, *point)));
        Some(
            ends.flat_map(|(role, point)| ways.iter().map(move |way| (role, point, *way)))
                .collect(),
        )
    }

    fn impairment(&mut self, head: &Head<'_>) -> Impairment {
        let rate = self.value(head, "rate").and_then(|it| quantity::rate(it, &mut self.sink));
        let queue = self.span(head.keys, "queue");
        if let (None, Some((key, _))) = (rate, head.keys.entry("queue")) {
            self.sink
                .add(Code::NoEffect, &key.place, "`queue` has no effect", "there is no `rate`")
                .help("a link without a rate has no queue");
        }
        Impairment {
            delay: self.span(head.keys, "delay").unwrap_or_default(),
            jitter: self.value(head, "jitter").and_then(|it| self.jitter(it)),
            loss: self.loss(head),
            duplicate: self
                .value(head, "duplicate")
                .and_then(|it| self.percent(it, &(0..it.text.len())))
                .unwrap_or_default(),
            reorder: self.value(head, "reorder").and_then(|it| self.reorder(it)),
            rate: rate.map(|bits| Rate { bits, queue: queue.unwrap_or(QUEUE) }),
        }
    }

    /// `20 ms`, `uniform 20 ms`, `normal 5 ms`, `exponential 5 ms`.
    fn jitter(&mut self, scalar: &Scalar) -> Option<Jitter> {
        let first = words(&scalar.text).into_iter().next()?;
        let word = scalar.text.get(first.clone()).unwrap_or_default();
        let (kind, from): (fn(Duration) -> Jitter, usize) = match word {
            "uniform" => (Jitter::Uniform, first.end),
            "normal" => (Jitter::Normal, first.end),
            "exponential" => (Jitter::Exponential, first.end),
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => (Jitter::Uniform, 0),
            _ => {
                let title = format!("`{word}` is not a distribution");
                let label = "expected `uniform`, `normal` or `exponential`, and a time";
                let kinds = ["uniform", "normal", "exponential"];
                self.sink
                    .add(Code::Value, &scalar.place_of(&first), title, label)
                    .maybe_help(did_you_mean(word, kinds));
                return None;
            }
        };
        quantity::time_at(scalar, &trimmed(scalar, from..scalar.text.len()), &mut self.sink)
            .map(kind)
    }

    /// `5 %`, `5 % in bursts of 3`, `{good: 0 %, bad: 50 %, enter: 2 %, leave: 25 %}`.
    fn loss(&mut self, head: &Head<'_>) -> Option<Loss> {
        let node = head.keys.get("loss")?;
        if let Node::Map(map) = node {
            let names = ["enter", "leave", "good", "bad"];
            map.only(&names, "a model of loss", &mut self.sink);
            let mut part = |name: &str, usual: f64| {
                let Some(node) = map.get(name) else { return Some(usual) };
                let scalar = node.scalar(&format!("`{name}`"), &mut self.sink)?;
                quantity::percent(scalar, &(0..scalar.text.len()), &mut self.sink)
            };
            let (good, bad) = (part("good", 0.0)?, part("bad", 1.0)?);
            let (enter, leave) = (part("enter", 0.0)?, part("leave", 1.0)?);
            return Some(Loss { enter, leave, good, bad });
        }
        let scalar = node.scalar("`loss`", &mut self.sink).filter(|scalar| !scalar.open)?;
        let bursts = scalar.text.find(BURSTS);
        let part =
            self.percent(scalar, &trimmed(scalar, 0..bursts.unwrap_or(scalar.text.len())))?;
        let Some(at) = bursts else { return Some(Loss::random(part)) };
        let at = trimmed(scalar, at + BURSTS.len()..scalar.text.len());
        let mean = scalar.text.get(at.clone()).and_then(|text| text.parse::<f64>().ok());
        if let Some(mean) = mean.filter(|mean| part < 1.0 && (1.0..=1_000.0).contains(mean)) {
            return Some(Loss::bursts(part, mean));
        }
        let title = "this is not the length of a burst";
        let label = "expected the mean number of datagrams, 1 to 1000, such as `3`";
        self.sink.add(Code::Range, &scalar.place_of(&at), title, label);
        None
    }

    /// `2 % by 30 ms`.
    fn reorder(&mut self, scalar: &Scalar) -> Option<Reorder> {
        let Some(at) = scalar.text.find(BY) else {
            let label = "expected such as `2 % by 30 ms`";
            self.sink
                .add(Code::Value, &scalar.place, "this is not a reordering", label)
                .help("so many are held back for that time, and overtaken");
            return None;
        };
        let part = self.percent(scalar, &trimmed(scalar, 0..at))?;
        let by = trimmed(scalar, at + BY.len()..scalar.text.len());
        let by = quantity::time_at(scalar, &by, &mut self.sink)?;
        Some(Reorder { part, by })
    }

    fn percent(&mut self, scalar: &Scalar, at: &Range<usize>) -> Option<f64> {
        quantity::percent(scalar, at, &mut self.sink)
    }

    /// The text of a key, if it has one that is known by now.
    fn value<'h>(&mut self, head: &Head<'h>, key: &str) -> Option<&'h Scalar> {
        let scalar = head.keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        (!scalar.open).then_some(scalar)
    }
}

/// Where the words of a text are.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut found = Vec::new();
    for word in text.split(char::is_whitespace) {
        if !word.is_empty() {
            found.push(from..from + word.len());
        }
        // White space that is not ASCII is no part of the language, and only shifts a pointer.
        from += word.len() + 1;
    }
    found
}

/// A stretch of a text without the white space at its ends.
fn trimmed(scalar: &Scalar, at: Range<usize>) -> Range<usize> {
    let text = scalar.text.get(at.clone()).unwrap_or_default();
    let start = at.start + text.len() - text.trim_start().len();
    start..start.max(at.end - (text.len() - text.trim_end().len()))
}

const POINTS: [RolePoint; 3] = [RolePoint::Sip, RolePoint::Rtp, RolePoint::Rtcp];
const NOTHING: &str = "nothing";
const BURSTS: &str = " in bursts of ";
const BY: &str = " by ";
/// The longest time in the queue of a link, where it is not said.
const QUEUE: Duration = Duration::from_millis(200);
