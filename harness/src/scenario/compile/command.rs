//! `dut:`, `event:`, `rig:` and `wait:`.

use super::impair::IMPAIR;
use super::step::Head;
use super::{Compiler, WAIT};
use crate::check::claim::Holds;
use crate::check::subject::SubjectKind;
use crate::dut::action::{Action, Verb};
use crate::dut::event::EventKind;
use crate::evidence::step::StepId;
use crate::rig::command::Command;
use crate::scenario::code::Code;
use crate::scenario::program::{Presence, RegisterAct, Step, StepKind};
use crate::scenario::quantity;
use crate::scenario::sink::did_you_mean;
use crate::scenario::tree::{Map, Node, Scalar};
use std::time::Duration;

/// Keys of a step that waits.
pub(in crate::scenario) const AWAIT_KEYS: &[&str] =
    &["within", "wait", "optional", "check", "as", "stands-for"];
/// Keys of a step that acts, beside its own.
pub(in crate::scenario) const ACT_KEYS: &[&str] = &["wait", "check", "as"];

/// How long a step waits, and what it claims by that.
pub(super) struct Patience {
    pub(super) wait: Duration,
    pub(super) within: Option<Duration>,
    pub(super) presence: Presence,
}

impl Compiler<'_> {
    /// `dut: dial sip:x`, `dut: {dial: {uri: sip:x}}`.
    pub(super) fn act(&mut self, head: &Head<'_>) -> Option<Step> {
        self.reject_within(head, "the device is told here, nothing is waited for but its word");
        self.only(head, ACT_KEYS, "a command to the device");
        let action = match head.value {
            Node::Map(map) => self.named(map),
            Node::Scalar(_) | Node::List(_) => {
                let scalar = head.value.scalar("a command to the device", &mut self.sink)?;
                self.spoken(scalar)
            }
        };
        let wait = self.span(head.keys, "wait").unwrap_or(WAIT);
        let text = action.as_ref().map_or_else(|| head.text(), |action| format!("dut: {action}"));
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        Some(self.made(id, head, text, StepKind::Do { action: action?, wait }))
    }

    fn spoken(&mut self, scalar: &Scalar) -> Option<Action> {
        let text = scalar.text.trim();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let lead = scalar.text.len() - scalar.text.trim_start().len();
        let verb = self.verb(word, scalar, lead)?;
        let expected = verb.arguments();
        // The last argument takes the rest of the line, so that it may hold spaces.
        let mut arguments: Vec<_> =
            rest.trim().splitn(expected.len().max(1), char::is_whitespace).collect();
        arguments.retain(|argument| !argument.is_empty());
        if arguments.len() != expected.len() {
            self.wrong_arguments(scalar, verb, arguments.len());
            return None;
        }
        Some(Action { verb, arguments: arguments.into_iter().map(str::to_owned).collect() })
    }

    fn verb(&mut self, word: &str, scalar: &Scalar, at: usize) -> Option<Verb> {
        let verb = Verb::ALL.iter().copied().find(|verb| verb.word() == word);
        if verb.is_none() && !scalar.open {
            let place = scalar.place_of(&(at..at + word.len()));
            let title = format!("a device cannot be told `{word}`");
            self.sink
                .add(Code::UnknownWord, &place, title, "not a verb of the control face")
                .maybe_help(did_you_mean(word, Verb::ALL.iter().map(|verb| verb.word())));
        }
        verb
    }

    fn wrong_arguments(&mut self, scalar: &Scalar, verb: Verb, found: usize) {
        let word = verb.word();
        let names = verb.arguments();
        let plural = if names.len() == 1 { "" } else { "s" };
        let title = format!("`{word}` takes {} argument{plural}, not {found}", names.len());
        let label = if names.is_empty() {
            "expected nothing after the verb".to_owned()
        } else {
            format!("expected `{word} {}`", names.join(" ").to_uppercase())
        };
        let pairs: Vec<_> = names.iter().map(|name| format!("{name}: …")).collect();
        let diagnostic = self.sink.add(Code::Arguments, &scalar.place, title, label);
        if !pairs.is_empty() {
            diagnostic.help(format!("or by name: `dut: {{{word}: {{{}}}}}`", pairs.join(", ")));
        }
    }

    fn named(&mut self, map: &Map) -> Option<Action> {
        let [(word, value)] = map.entries.as_slice() else {
            self.sink
                .add(Code::Arguments, &map.place, "expected one verb", "of the control face")
                .help("such as `dut: {dial: {uri: \"sip:bob@192.0.2.1\"}}`");
            return None;
        };
        let verb = self.verb(&word.text, word, 0)?;
        let names = verb.arguments();
        let given = match value {
            Node::Map(given) => given,
            Node::Scalar(one) if names.len() == 1 && !one.null => {
                return Some(Action { verb, arguments: vec![one.text.clone()] });
            }
            Node::Scalar(_) | Node::List(_) => {
                value.map(&format!("the arguments of `{}`", verb.word()), &mut self.sink)?
            }
        };
        given.only(names, &format!("the arguments of `{}`", verb.word()), &mut self.sink);
        let mut arguments = Vec::new();
        for name in names {
            if let Some(argument) = given.get(name) {
                let what = format!("`{name}`");
                arguments.push(argument.scalar(&what, &mut self.sink)?.text.clone());
            } else {
                let title = format!("`{}` needs `{name}`", verb.word());
                self.sink.add(Code::Arguments, &word.place, title, "missing here");
            }
        }
        (arguments.len() == names.len()).then_some(Action { verb, arguments })
    }

    /// `event: digit 5`.
    pub(super) fn event(&mut self, head: &Head<'_>) -> Option<Step> {
        self.only(head, AWAIT_KEYS, "an event");
        let patience = self.patience(head.keys);
        let scalar = head.value.scalar("an event", &mut self.sink)?;
        let (kind, detail) = self.told(scalar);
        let text = head.text();
        let id = self.enter_wait(head, &text, SubjectKind::Line, &patience);
        let Patience { wait, presence, .. } = patience;
        Some(self.made(
            id,
            head,
            text,
            StepKind::AwaitEvent { kind: kind?, detail, wait, presence },
        ))
    }

    /// `digit 5`: an event and its detail.
    pub(super) fn told(&mut self, scalar: &Scalar) -> (Option<EventKind>, Option<String>) {
        let (word, detail) =
            scalar.text.trim().split_once(char::is_whitespace).unwrap_or((scalar.text.trim(), ""));
        let kind = EventKind::ALL.iter().copied().find(|kind| kind.word() == word);
        if kind.is_none() && !scalar.open {
            let place = scalar.place_of(&(0..word.len()));
            let title = format!("a device does not tell `{word}`");
            self.sink
                .add(Code::UnknownWord, &place, title, "not an event")
                .maybe_help(did_you_mean(word, EventKind::ALL.iter().map(|kind| kind.word())));
        }
        let detail = Some(detail.trim().to_owned()).filter(|detail| !detail.is_empty());
        (kind, detail)
    }

    /// `alice: register`.
    pub(super) fn register(&mut self, head: &Head<'_>) -> Option<Step> {
        self.reject_within(head, "our own end registers here, not the device");
        self.only(head, &["wait", "within", "check", "as"], "what a role does by itself");
        let role = self.role(&head.key.text, &head.key.place)?;
        let scalar = head.value.scalar("what a role does by itself", &mut self.sink)?;
        let act = RegisterAct::ALL.iter().copied().find(|act| act.word() == scalar.text.trim());
        if act.is_none() && !scalar.open {
            let title = format!("a role cannot `{}` by itself", scalar.text);
            let words = RegisterAct::ALL.iter().map(|act| act.word());
            self.sink
                .add(Code::UnknownWord, &scalar.place, title, "expected `register` or `unregister`")
                .maybe_help(did_you_mean(&scalar.text, words));
        }
        if self.roles.get(usize::from(role.0)).is_some_and(|role| role.register.is_none()) {
            let title = format!("`{}` has nowhere to register", head.key.text);
            self.sink
                .add(Code::MissingKey, &head.key.place, title, "no `register` in this role")
                .help(format!(
                    "such as `{}: {{ register: registrar }}` under `roles`",
                    head.key.text
                ));
        }
        let wait = self.span(head.keys, "wait").unwrap_or(WAIT);
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        Some(self.made(id, head, text, StepKind::Register { role, act: act?, wait }))
    }

    /// `rig: power off`.
    pub(super) fn bench(&mut self, head: &Head<'_>) -> Option<Step> {
        self.reject_within(head, "the bench acts at once");
        let scalar = head.value.scalar("a command to the bench", &mut self.sink)?;
        if scalar.text.split_whitespace().next() == Some(IMPAIR) {
            return self.impair(head, scalar);
        }
        self.only(head, &["check", "as"], "a command to the bench");
        let command = Command::ALL.iter().copied().find(|each| each.words() == scalar.text.trim());
        if command.is_none() && !scalar.open {
            let title = format!("the bench cannot `{}`", scalar.text);
            self.sink
                .add(Code::UnknownWord, &scalar.place, title, "not a command of the bench")
                .maybe_help(did_you_mean(
                    &scalar.text,
                    Command::ALL.iter().map(|each| each.words()).chain([IMPAIR]),
                ));
        }
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        Some(self.made(id, head, text, StepKind::Bench(command?)))
    }

    /// `wait: 5 s`.
    pub(super) fn hold(&mut self, head: &Head<'_>) -> Step {
        self.reject_within(head, "the time that passes is the step itself");
        self.only(head, &["check", "as"], "`wait`");
        let span = self.span(head.keys, "wait");
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Other);
        self.label_and_checks(id, head.keys);
        self.made(id, head, text, StepKind::Hold(span.unwrap_or_default()))
    }

    /// Enters a step that waits for the device, with its claims.
    pub(super) fn enter_wait(
        &mut self,
        head: &Head<'_>,
        text: &str,
        kind: SubjectKind,
        patience: &Patience,
    ) -> StepId {
        let id = self.enter(&head.place(), text, kind);
        if patience.presence == Presence::Required {
            self.since = Some(id);
            let holds = Holds::Met { within: patience.within };
            self.claim(id, head.keys, &head.key.place, text, holds);
        } else if let Some((key, _)) = head.keys.entry("stands-for") {
            self.sink
                .add(
                    Code::NoEffect,
                    &key.place,
                    "`stands-for` has no effect",
                    "an optional step claims nothing",
                )
                .help("a `check:` names its own requirement");
        }
        self.label_and_checks(id, head.keys);
        id
    }

    /// `within:`, `wait:` and `optional:`.
    pub(super) fn patience(&mut self, keys: &Map) -> Patience {
        let within = self.span(keys, "within");
        let wait = self.span(keys, "wait");
        let optional = self.flag(keys, "optional");
        if let (true, Some((key, _))) = (optional, keys.entry("within")) {
            self.sink
                .add(
                    Code::OptionalWithin,
                    &key.place,
                    "`within` on an optional step",
                    "says that it has to come",
                )
                .help("`wait: …` says how long to wait for it without claiming anything");
        }
        if let (Some(within), Some(wait), Some((key, _))) = (within, wait, keys.entry("wait"))
            && wait < within
        {
            self.sink
                .add(
                    Code::Range,
                    &key.place,
                    "`wait` is shorter than `within`",
                    "gives up too early",
                )
                .help("leave `wait` out: it is then half as long again as `within`");
        }
        let presence = if optional { Presence::Optional } else { Presence::Required };
        Patience { wait: wait.unwrap_or_else(|| patient(within)), within, presence }
    }

    /// A time under a key.
    pub(super) fn span(&mut self, keys: &Map, key: &str) -> Option<Duration> {
        let scalar = keys.get(key)?.scalar(&format!("`{key}`"), &mut self.sink)?;
        quantity::time(scalar, &mut self.sink)
    }

    pub(super) fn flag(&mut self, keys: &Map, key: &str) -> bool {
        let scalar =
            keys.get(key).and_then(|node| node.scalar(&format!("`{key}`"), &mut self.sink));
        let Some(scalar) = scalar else { return false };
        if !matches!(scalar.text.as_str(), "true" | "false") && !scalar.open {
            let title = format!("`{key}` cannot be `{}`", scalar.text);
            self.sink.add(Code::Value, &scalar.place, title, "expected `true` or `false`");
        }
        scalar.text == "true"
    }

    /// Reports `within` on what we do ourselves.
    pub(super) fn reject_within(&mut self, head: &Head<'_>, why: &str) {
        if let Some((key, _)) = head.keys.entry("within") {
            let title = "`within` says how soon the device has to act";
            self.sink
                .add(Code::WithinOnSend, &key.place, title, why)
                .help("put it on the step that waits for the device, or use `wait: …` as a step");
        }
    }
}

/// How long to wait for what has to come within a time: long enough to see it come late.
pub(super) fn patient(within: Option<Duration>) -> Duration {
    within.map_or(WAIT, |within| (within * 3 / 2).max(within + Duration::from_millis(500)))
}
