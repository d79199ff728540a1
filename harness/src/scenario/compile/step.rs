//! One item of a list of steps: which kind it is.

use super::Compiler;
use crate::check::subject::SubjectKind;
use crate::dut::action::{Action, Verb};
use crate::evidence::step::{Part, StepId};
use crate::scenario::code::Code;
use crate::scenario::program::{Step, StepKind};
use crate::scenario::sink::{did_you_mean, near, ticked};
use crate::scenario::source::Place;
use crate::scenario::tree::{Map, Node, Scalar};

/// The words with which a step can begin, beside the lines of the ladder.
pub(in crate::scenario) const HEADS: &[&str] =
    &["dut", "event", "rig", "none of", "any of", "unordered", "repeat", "include"];
/// The key that is a step by itself and an option of others.
const WAIT: &str = "wait";

/// The key by which a step is known, and what it says.
pub(super) struct Head<'t> {
    pub(super) key: &'t Scalar,
    pub(super) value: &'t Node,
    /// All keys of the step.
    pub(super) keys: &'t Map,
}

impl Head<'_> {
    /// The line as it stands in the file, with names filled in.
    pub(super) fn text(&self) -> String {
        match self.value {
            Node::Scalar(value) => format!("{}: {}", self.key.text, value.text.trim()),
            Node::List(_) | Node::Map(_) => self.key.text.clone(),
        }
    }

    /// Where to point at when the step as a whole is meant.
    pub(super) fn place(&self) -> Place {
        let start = self.key.place.bytes().start;
        let value = self.value.place();
        let same_file = value.path() == self.key.place.path();
        match self.value {
            Node::Scalar(scalar) if same_file && scalar.place.line() == self.key.place.line() => {
                self.key.place.with(start..value.bytes().end)
            }
            Node::Scalar(_) | Node::List(_) | Node::Map(_) => self.key.place.clone(),
        }
    }
}

/// Whether names are to be filled in below a key now. Steps in groups have theirs filled in when
/// their turn comes, because groups bring names of their own.
fn fill_now(key: &str) -> bool {
    !matches!(key, "steps" | "any of" | "unordered" | "none of")
}

impl Compiler<'_> {
    /// Compiles the steps of a list.
    pub(super) fn steps(&mut self, items: &[Node]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut media = Vec::new();
        for item in items {
            if self.too_long {
                break;
            }
            let filled = self.scope.node(item, fill_now, &mut self.sink);
            let is_media = matches!(&filled, Node::Map(map)
                if map.entries.iter().any(|(key, _)| key.text.contains("~>")));
            if is_media {
                media.push(filled);
                continue;
            }
            self.flush_media(&mut media, &mut steps);
            let before = steps.len();
            self.step(&filled, &mut steps);
            self.note_gap(steps.len() > before);
        }
        self.flush_media(&mut media, &mut steps);
        steps
    }

    fn flush_media(&mut self, media: &mut Vec<Node>, steps: &mut Vec<Step>) {
        if !media.is_empty() {
            let made = self.media(media);
            self.note_gap(made.is_some());
            steps.extend(made);
            media.clear();
        }
    }

    /// Remembers that a step could not be made: what follows from the steps before is not known.
    fn note_gap(&mut self, made: bool) {
        if !made && self.gap.is_none() {
            self.gap = u16::try_from(self.subjects.len()).ok().map(StepId);
        }
    }

    fn step(&mut self, item: &Node, steps: &mut Vec<Step>) {
        let Some(head) = self.head(item) else { return };
        match head.key.text.as_str() {
            "dut" => steps.extend(self.act(&head)),
            "event" => steps.extend(self.event(&head)),
            "rig" => steps.extend(self.bench(&head)),
            WAIT => steps.push(self.hold(&head)),
            "none of" => steps.extend(self.none_of(&head)),
            "any of" => steps.extend(self.any_of(&head)),
            "unordered" => steps.extend(self.unordered(&head)),
            "repeat" => self.repeat(&head, steps),
            "include" => self.include(&head, steps),
            name if self.is_role(name) => steps.extend(self.register(&head)),
            _ => steps.extend(self.message(&head)),
        }
    }

    /// Finds the key that says what the step is.
    pub(super) fn head<'t>(&mut self, item: &'t Node) -> Option<Head<'t>> {
        let Node::Map(keys) = item else {
            let help = match item {
                Node::Scalar(scalar) if scalar.text.contains(": ") => {
                    "in quotes it is only text: take the quotes away"
                }
                Node::Scalar(scalar) if scalar.text.contains("->") => {
                    "a line of the ladder has a colon: `alice -> dut: INVITE`"
                }
                Node::Scalar(_) | Node::List(_) | Node::Map(_) => {
                    "a step is a mapping such as `alice -> dut: INVITE` or `dut: answer`"
                }
            };
            self.sink
                .add(Code::NotAStep, item.place(), "this is not a step", "expected a step")
                .help(help);
            return None;
        };
        let mut heads = keys.entries.iter().filter(|(key, _)| self.is_head(&key.text));
        let first = heads.next();
        if let (Some((first, _)), Some((second, _))) = (first, heads.next()) {
            self.sink
                .add(Code::TwoSteps, &second.place, "two steps in one item", "a second step")
                .related(&first.place, "the first one")
                .help("put `- ` in front of each step");
        }
        let found = first.or_else(|| keys.entry(WAIT));
        if found.is_none() {
            let key = keys.entries.first().map_or(&keys.place, |(key, _)| &key.place);
            let word = keys.entries.first().map_or("", |(key, _)| key.text.as_str());
            let known: Vec<_> = HEADS.iter().copied().chain([WAIT]).collect();
            let help = near(word, known.iter().copied());
            self.sink
                .add(Code::NotAStep, key, "this is not a step", format!("`{word}` begins no step"))
                .help(help.unwrap_or_else(|| {
                    format!("a step is `a -> b: …`, `a ~> b: …`, or one of {}", ticked(known))
                }));
        }
        let (key, value) = found?;
        Some(Head { key, value, keys })
    }

    /// Reports keys that a step of this kind does not have.
    pub(super) fn only(&mut self, head: &Head<'_>, known: &[&str], what: &str) {
        for (key, _) in &head.keys.entries {
            let text = key.text.as_str();
            if key.place == head.key.place || self.is_head(text) || known.contains(&text) {
                continue;
            }
            let title = format!("unknown key `{text}` in {what}");
            self.sink
                .add(Code::UnknownKey, &key.place, title, "not known here")
                .maybe_help(did_you_mean(text, known.iter().copied()));
        }
    }

    /// Whether a key says what its step is.
    fn is_head(&self, key: &str) -> bool {
        HEADS.contains(&key) || key.contains("->") || key.contains("~>") || self.is_role(key)
    }

    fn is_role(&self, name: &str) -> bool {
        self.roles.iter().any(|role| role.name == name)
    }

    /// A step of the program at the place of `head`.
    pub(super) fn made(&self, id: StepId, head: &Head<'_>, text: String, kind: StepKind) -> Step {
        let place = &head.key.place;
        Step { id, part: self.part, text, file: place.path().to_owned(), line: place.line(), kind }
    }

    /// Enters a step, and makes it the reference of the next one.
    pub(super) fn enter_step(&mut self, head: &Head<'_>, text: &str, kind: SubjectKind) -> StepId {
        let id = self.enter(&head.place(), text, kind);
        self.since = Some(id);
        id
    }

    /// The postamble of a case that has none.
    pub(super) fn idle(&mut self, place: &Place) -> Vec<Step> {
        self.part = Part::Postamble;
        let action = Action { verb: Verb::Idle, arguments: Vec::new() };
        let text = format!("dut: {action}");
        let id = self.enter(place, &text, SubjectKind::Other);
        let kind = StepKind::Do { action, wait: super::WAIT };
        let (file, line) = (place.path().to_owned(), place.line());
        vec![Step { id, part: self.part, text, file, line, kind }]
    }
}
