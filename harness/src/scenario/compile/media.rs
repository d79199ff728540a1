//! Neighbouring `~>` lines.

use super::command::Patience;
use super::message::Way;
use super::step::Head;
use super::{Compiler, SPAN};
use crate::check::claim::Holds;
use crate::check::subject::SubjectKind;
use crate::proto::media::Shape;
use crate::proto::media::shield::Protection;
use crate::scenario::code::Code;
use crate::scenario::program::{Dialled, Flow, MediaLine, RoleId, Signal, Step, StepKind};
use crate::scenario::quantity;
use crate::scenario::roles::choose;
use crate::scenario::sink::did_you_mean;
use crate::scenario::tree::{Map, Node, Scalar};

/// Keys of every `~>` line.
pub(super) const KEYS: &[&str] = &["check", "as"];
/// Keys of lines that we play, beside those.
pub(in crate::scenario) const PLAY_KEYS: &[&str] = &[
    "for",
    "by",
    "tone",
    "gap",
    "level",
    "twist",
    "frequency-error",
    "volume",
    "every",
    "end-packets",
    "marker",
    "payload-type",
    "reserved",
    "lose",
    "packets",
    "srtp",
];
/// Keys of lines that we hear, beside those.
pub(in crate::scenario) const HEAR_KEYS: &[&str] = &["for", "by", "within", "wait", "stands-for"];
/// Levels where a line does not say.
const TONE_DBM0: f64 = -10.0;
const TALK_DBM0: f64 = -20.0;

impl Compiler<'_> {
    /// One step of all the lines.
    pub(super) fn media(&mut self, items: &[Node]) -> Option<Step> {
        let heads: Vec<_> = items.iter().filter_map(|item| self.head(item)).collect();
        let first = heads.first()?;
        let text = heads.iter().map(Head::text).collect::<Vec<_>>().join("; ");
        let before = self.since;
        let id = self.enter(&first.place(), &text, SubjectKind::Other);
        let mut lines: Vec<_> = heads
            .iter()
            .filter_map(|head| {
                self.since = before;
                self.line(head)
            })
            .collect();
        self.since = Some(id);
        let plays = lines.iter().any(|line| matches!(line.flow, Flow::Play { .. }));
        for line in &mut lines {
            if let Flow::Listen { span } = &mut line.flow
                && !plays
            {
                *span = span.or(Some(SPAN));
            }
        }
        Some(self.made(id, first, text, StepKind::Media(lines)))
    }

    fn line(&mut self, head: &Head<'_>) -> Option<MediaLine> {
        let way = self.way(head.key, "~>");
        let scalar = head.value.scalar("what is played or heard", &mut self.sink)?;
        match way? {
            Way::ToDut(role) => self.play(head, role, scalar),
            Way::FromDut(role) => self.hear(head, role, scalar),
        }
    }

    fn play(&mut self, head: &Head<'_>, role: RoleId, scalar: &Scalar) -> Option<MediaLine> {
        self.reject_within(head, "this signal is our own");
        let signal = self.signal(head, scalar);
        if !scalar.text.trim_start().starts_with("digits") {
            self.only(
                head,
                &[KEYS, &["for", "packets", "srtp", "within"]].concat(),
                "a signal that we play",
            );
        }
        let span = self.span(head.keys, "for").unwrap_or(SPAN);
        let span = match &signal {
            Some(Signal::Digits(Dialled { digits, tone, gap, .. })) => {
                let count = u32::try_from(digits.len()).unwrap_or(u32::MAX);
                tone.saturating_add(*gap).saturating_mul(count)
            }
            Some(Signal::Tone { .. } | Signal::Talk { .. } | Signal::Silence | Signal::Again)
            | None => span,
        };
        let text = head.text();
        let id = self.enter(&head.place(), &text, SubjectKind::Played(role.0));
        self.label_and_checks(id, head.keys);
        let protection = self.protection(head.keys);
        let flow = Flow::Play { signal: signal?, span };
        let shapes = self.shapes(head);
        let line = head.key.place.line();
        Some(MediaLine { id, text, line, role, flow, protection, shapes })
    }

    /// `srtp: bad-tag` of a line that we play.
    fn protection(&mut self, keys: &Map) -> Protection {
        let scalar = keys.get("srtp").and_then(|node| node.scalar("`srtp`", &mut self.sink));
        let words = Protection::ALL.map(|(_, word)| word);
        let word = scalar.and_then(|it| choose(it, "`srtp`", &words, &mut self.sink));
        let found = Protection::ALL.iter().find(|(_, each)| Some(*each) == word);
        found.map_or(Protection::Agreed, |(protection, _)| *protection)
    }

    /// `packets: [padding, csrc]`.
    fn shapes(&mut self, head: &Head<'_>) -> Vec<Shape> {
        let Some(node) = head.keys.get("packets") else { return Vec::new() };
        let mut shapes = Vec::new();
        for name in node.texts("`packets`", &mut self.sink) {
            let found = Shape::ALL.iter().copied().find(|shape| shape.word() == name.text);
            if found.is_none() && !name.open {
                let title = format!("packets cannot be `{}`", name.text);
                let words = || Shape::ALL.iter().map(|shape| shape.word());
                let help = did_you_mean(&name.text, words());
                self.sink
                    .add(Code::UnknownWord, &name.place, title, "not a shape of packets")
                    .maybe_help(help);
            }
            shapes.extend(found);
        }
        shapes
    }

    fn signal(&mut self, head: &Head<'_>, scalar: &Scalar) -> Option<Signal> {
        if scalar.open {
            return None;
        }
        let text = scalar.text.as_str();
        let (word, at) = word(text, 0)?;
        match word {
            "silence" if text.get(at..)?.trim().is_empty() => Some(Signal::Silence),
            "again" if text.get(at..)?.trim().is_empty() => Some(Signal::Again),
            "talk" => Some(Signal::Talk { dbm0: self.level(scalar, at, TALK_DBM0)? }),
            "tone" => self.tone(scalar, at),
            "digits" => self.dialled(head, scalar, at).map(Signal::Digits),
            _ => {
                let title = format!("`{text}` cannot be played");
                let label = "expected `tone`, `talk`, `silence`, `digits` or `again`";
                self.sink
                    .add(Code::Media, &scalar.place, title, label)
                    .help("such as `tone 1004 Hz at -10 dBm0`, `talk at -20 dBm0`, `digits 5`");
                None
            }
        }
    }

    fn tone(&mut self, scalar: &Scalar, at: usize) -> Option<Signal> {
        let rest = scalar.text.get(at..)?;
        let end = rest.find(" at ").unwrap_or(rest.len());
        let frequency = rest.get(..end)?;
        let start = at + frequency.len() - frequency.trim_start().len();
        let hz = quantity::hertz(scalar, &(start..start + frequency.trim().len()), &mut self.sink);
        let dbm0 = self.level(scalar, at + end, TONE_DBM0);
        Some(Signal::Tone { hz: hz?, dbm0: dbm0? })
    }

    /// ` at -10 dBm0`, or nothing.
    fn level(&mut self, scalar: &Scalar, at: usize, default: f64) -> Option<f64> {
        let rest = scalar.text.get(at..)?;
        if rest.trim().is_empty() {
            return Some(default);
        }
        let start = at + rest.len() - rest.trim_start().len();
        let Some(level) = rest.trim_start().strip_prefix("at ") else {
            let place = scalar.place_of(&(start..scalar.text.trim_end().len()));
            let title = format!("`{}` is not a level", rest.trim());
            self.sink.add(
                Code::Media,
                &place,
                title,
                "expected `at` and a level, such as `at -10 dBm0`",
            );
            return None;
        };
        let start = scalar.text.len() - level.trim_start().len();
        quantity::dbm0(scalar, &(start..start + level.trim().len()), &mut self.sink)
    }

    pub(super) fn digits(&mut self, scalar: &Scalar, at: usize) -> Option<String> {
        let rest = scalar.text.get(at..)?.trim();
        let digits: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
        if !digits.is_empty() && digits.chars().all(|c| "0123456789ABCD*#".contains(c)) {
            return Some(digits);
        }
        let title = format!("`{rest}` is not a row of digits");
        self.sink.add(Code::Media, &scalar.place, title, "expected `0`-`9`, `A`-`D`, `*` and `#`");
        None
    }

    fn hear(&mut self, head: &Head<'_>, role: RoleId, scalar: &Scalar) -> Option<MediaLine> {
        let (first, at) = word(&scalar.text, 0).unwrap_or(("", 0));
        let text = head.text();
        let line = head.key.place.line();
        match first {
            "audio" if scalar.text.trim() == "audio" => {
                self.reject_within(head, "audio is a stretch of time: check what was heard in it");
                self.only(head, &[KEYS, &["for", "within"]].concat(), "audio that we hear");
                let span = self.span(head.keys, "for");
                let id = self.enter(&head.place(), &text, SubjectKind::Heard(role.0));
                self.label_and_checks(id, head.keys);
                let (flow, shapes) = (Flow::Listen { span }, Vec::new());
                let protection = Protection::Agreed;
                Some(MediaLine { id, text, line, role, flow, protection, shapes })
            }
            "digits" => {
                self.only(
                    head,
                    &[KEYS, &["by", "within", "wait", "stands-for"]].concat(),
                    "digits that we hear",
                );
                let method = self.method(head);
                let Patience { wait, within, .. } = self.patience(head.keys);
                let digits = self.digits(scalar, at);
                let id = self.enter(&head.place(), &text, SubjectKind::Digits(role.0, method));
                self.claim(id, head.keys, &head.key.place, &text, Holds::Met { within });
                self.label_and_checks(id, head.keys);
                Some(MediaLine {
                    id,
                    text,
                    line,
                    role,
                    flow: Flow::Digits { digits: digits?, method, wait },
                    protection: Protection::Agreed,
                    shapes: Vec::new(),
                })
            }
            _ if scalar.open => None,
            _ => {
                let title = format!("`{}` cannot be heard", scalar.text);
                let label = "expected `audio` or `digits`";
                self.sink
                    .add(Code::Media, &scalar.place, title, label)
                    .help("listen to `audio`, and check what it is: `check: …`");
                None
            }
        }
    }
}

/// The next word of a text after `at`, and where it ends.
fn word(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?;
    let start = at + rest.len() - rest.trim_start().len();
    let word = text.get(start..)?.split_whitespace().next()?;
    Some((word, start + word.len()))
}
