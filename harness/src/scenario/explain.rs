//! A program in words, with everything spelled out that its text leaves to defaults.

mod role;

use super::program::{
    Await, Dialled, Flow, Forbidden, Manner, MediaLine, Outgoing, Presence, Program, RegisterAct,
    Role, Signal, Step, StepKind,
};
use crate::check::claim::{Claim, Holds};
use crate::evidence::step::{Part, StepId};
use crate::proto::digits::{Events, Marker};
use crate::proto::media::shield::Protection;
use crate::proto::policy::{Answers, DialogUse, Reliability, SessionSpec};
use crate::requirement::{Catalogue, Strength};
use crate::wire::edits::Edits;
use std::fmt::Write as _;
use std::time::Duration;

/// The program, a step a line, the claims below each with the sentences that they stand for.
pub fn explain(program: &Program, catalogue: &Catalogue) -> String {
    let width = widest(&program.steps, 0).min(48);
    let mut page = Page { program, catalogue, width, text: String::new() };
    page.head();
    for part in [Part::Preamble, Part::Body, Part::Postamble] {
        let steps: Vec<_> = program.steps.iter().filter(|step| step.part == part).collect();
        if !steps.is_empty() {
            page.line(0, &format!("\n{part}"));
            for step in steps {
                page.step(step, 0);
            }
        }
    }
    page.text
}

struct Page<'a> {
    program: &'a Program,
    catalogue: &'a Catalogue,
    width: usize,
    text: String,
}

impl Page<'_> {
    fn head(&mut self) {
        let case = &self.program.case;
        let requires: Vec<_> = case.requires.iter().map(ToString::to_string).collect();
        self.line(0, &format!("{}  {}", self.program.execution, case.title));
        let mut fields = vec![
            ("purpose", case.purpose.clone()),
            ("requires", requires.join(", ")),
            ("etsi", case.etsi.join(", ")),
            ("tags", case.tags.join(", ")),
            ("when", case.when.clone().unwrap_or_else(|| "every device".to_owned())),
            ("defect", case.defects.join(", ")),
        ];
        let roles = &self.program.roles;
        fields.extend(roles.iter().map(|role| ("role", role::describe(role, roles))));
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.line(0, &format!("{name:<9} {value}"));
        }
    }

    fn step(&mut self, step: &Step, depth: usize) {
        self.row(step.id, &step.text, &doing(&self.program.roles, step), depth);
        if !matches!(step.kind, StepKind::Media(_)) {
            self.claims(step.id, depth);
        }
        match &step.kind {
            StepKind::Media(lines) => {
                for line in lines {
                    self.row(line.id, &line.text, &media(line), depth + 1);
                    self.claims(line.id, depth + 1);
                }
            }
            StepKind::AnyOf { branches, .. } => {
                for (number, branch) in branches.iter().enumerate() {
                    self.line(depth, &format!("      branch {}", number + 1));
                    for step in branch {
                        self.step(step, depth + 1);
                    }
                }
            }
            StepKind::Unordered { steps, .. } => {
                for step in steps {
                    self.step(step, depth + 1);
                }
            }
            StepKind::Send(_)
            | StepKind::Await(_)
            | StepKind::Do { .. }
            | StepKind::AwaitEvent { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => {}
        }
    }

    fn row(&mut self, id: StepId, text: &str, doing: &str, depth: usize) {
        let width = self.width.saturating_sub(2 * depth);
        self.line(depth, &format!("{:>4}  {text:<width$}  {doing}", id.0));
    }

    fn claims(&mut self, id: StepId, depth: usize) {
        for claim in self.program.claims.iter().filter(|claim| claim.step == id) {
            let what = self.claim(claim);
            self.line(depth, &format!("      - {}: {what}", claim.requirement));
            if let Some(requirement) = self.catalogue.get(&claim.requirement) {
                let strength = match requirement.strength {
                    Strength::Must => "MUST",
                    Strength::Should => "SHOULD",
                    Strength::Stated => "stated",
                    Strength::May => "MAY",
                    Strength::Profile => "PROFILE",
                };
                let text = requirement.text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.line(depth, &format!("        {strength} \"{text}\""));
            }
        }
    }

    fn claim(&self, claim: &Claim) -> String {
        let index = usize::from(claim.step.0);
        let since = self.program.subjects.get(index).and_then(|subject| subject.since);
        let after = since.map_or("the start".to_owned(), |step| format!("step {}", step.0));
        match &claim.holds {
            Holds::Met { within: Some(within) } => {
                format!("comes within {} of {after}", time(*within))
            }
            Holds::Met { within: None } => "comes".to_owned(),
            Holds::Silent => "does not come".to_owned(),
            Holds::True(_) => claim.text.clone(),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let indent = 2 * depth;
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{}", "", text.trim_end());
    }
}

fn widest(steps: &[Step], depth: usize) -> usize {
    let one = |step: &Step| {
        let inner = match &step.kind {
            StepKind::Media(lines) => {
                return lines.iter().map(|line| line.text.chars().count() + 2 * depth + 2).max();
            }
            StepKind::AnyOf { branches, .. } => {
                branches.iter().map(|branch| widest(branch, depth + 1)).max()
            }
            StepKind::Unordered { steps, .. } => Some(widest(steps, depth + 1)),
            StepKind::Send(_)
            | StepKind::Await(_)
            | StepKind::Do { .. }
            | StepKind::AwaitEvent { .. }
            | StepKind::Register { .. }
            | StepKind::Bench(_)
            | StepKind::Impair(_)
            | StepKind::Hold(_)
            | StepKind::NoneOf { .. } => None,
        };
        Some((step.text.chars().count() + 2 * depth).max(inner.unwrap_or(0)))
    };
    steps.iter().filter_map(one).max().unwrap_or(0)
}

fn doing(roles: &[Role], step: &Step) -> String {
    match &step.kind {
        StepKind::Send(send) => sending(&send.message, &send.edits, &send.session),
        StepKind::Await(wait) => awaiting(roles, wait),
        StepKind::Media(lines) => format!("{} at the same time", count(lines.len(), "line")),
        StepKind::Do { wait, .. } => format!("until the device confirms, at most {}", time(*wait)),
        StepKind::AwaitEvent { wait, presence, .. } => waiting(*wait, *presence),
        StepKind::Register { act: RegisterAct::Register, wait, .. } => {
            format!("until the registrar has the binding, at most {}", time(*wait))
        }
        StepKind::Register { act: RegisterAct::Unregister, wait, .. } => {
            format!("until the registrar has removed the binding, at most {}", time(*wait))
        }
        StepKind::Bench(_) => "the bench".to_owned(),
        StepKind::Impair(impair) => format!("the network: {}", impair.asked),
        StepKind::Hold(span) => format!("lets {} pass", time(*span)),
        StepKind::NoneOf { patterns, span } => {
            let patterns: Vec<_> = patterns
                .iter()
                .map(|forbidden| match forbidden {
                    Forbidden::Message(role, pattern) => {
                        let role = roles.get(usize::from(role.0));
                        format!("{pattern} to {}", role.map_or("", |role| role.name.as_str()))
                    }
                    Forbidden::Event(kind, detail) => {
                        let words = [Some(kind.word()), detail.as_deref()];
                        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
                    }
                })
                .collect();
            format!("for {}: {}", time(*span), patterns.join(", "))
        }
        StepKind::AnyOf { branches, wait } => {
            format!(
                "{}, at most {} for the first step",
                count(branches.len(), "branch"),
                time(*wait)
            )
        }
        StepKind::Unordered { steps, wait } => {
            format!("{} in any order, at most {}", count(steps.len(), "step"), time(*wait))
        }
    }
}

fn sending(message: &Outgoing, edits: &Edits, session: &SessionSpec) -> String {
    let mut parts = Vec::new();
    match message {
        Outgoing::Request { dialog: DialogUse::Current, .. } => {}
        Outgoing::Request { dialog: DialogUse::Early, .. } => {
            parts.push("in the dialog that is up, early or not".to_owned());
        }
        Outgoing::Request { dialog: DialogUse::Outside, .. } => {
            parts.push("outside of any dialog".to_owned());
        }
        Outgoing::Request { dialog: DialogUse::Unknown, .. } => {
            parts.push("in a dialog that never was".to_owned());
        }
        Outgoing::Response { method: Some(method), .. } => parts.push(format!("to the {method}")),
        Outgoing::Response { method: None, .. } => {
            parts.push("to the oldest request without an answer".to_owned());
        }
        Outgoing::Again(_) => parts.push("once more".to_owned()),
        Outgoing::Raw(bytes) => parts.push(format!("{} bytes as they are", bytes.len())),
    }
    if let Outgoing::Response { reliability: Reliability::Reliable, .. } = message {
        parts.push("until its PRACK comes".to_owned());
    }
    let names = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
    };
    let mut say = |what: &str, text: String| {
        if !text.is_empty() {
            parts.push(format!("{what} {text}"));
        }
    };
    say("start line", edits.start_line.clone().unwrap_or_default());
    say("to", edits.request_uri.clone().unwrap_or_default());
    say("without", edits.remove.join(", "));
    say("with", names(&edits.set));
    say("adds", names(&edits.add));
    say("body of", edits.body.as_ref().map(|body| count(body.len(), "byte")).unwrap_or_default());
    let lines = edits.sdp.iter().map(|(start, line)| match line {
        Some(line) => format!("SDP `{start}` becomes `{line}`"),
        None => format!("SDP without `{start}`"),
    });
    parts.extend(lines);
    let damage: Vec<_> = edits.mutations.iter().map(ToString::to_string).collect();
    if !damage.is_empty() {
        parts.push(format!("damaged: {}", damage.join(", ")));
    }
    match session {
        SessionSpec::Usual => {}
        SessionSpec::Without => parts.push("no session description".to_owned()),
        SessionSpec::Text(text) => {
            parts.push(format!("{} of SDP as given", count(text.lines().count(), "line")));
        }
        SessionSpec::With { codecs, direction, lines } => {
            parts.extend(codecs.as_ref().map(|codecs| format!("SDP with {}", codecs.join(", "))));
            parts.extend(direction.as_ref().map(|direction| format!("SDP {direction}")));
            parts.extend(lines.iter().map(|line| format!("SDP adds `{line}`")));
        }
    }
    parts.join("; ")
}

fn awaiting(roles: &[Role], wait: &Await) -> String {
    let mut text = waiting(wait.wait, wait.presence);
    let request =
        matches!(&wait.pattern, super::program::Pattern::Request(method) if method != "ACK");
    if request {
        let name = roles.get(usize::from(wait.role.0)).map_or("", |role| role.name.as_str());
        let who = match wait.answers {
            Answers::Itself => format!("; {name} answers by itself"),
            Answers::Scripted => "; a later step answers".to_owned(),
        };
        text.push_str(&who);
    }
    text
}

fn waiting(wait: Duration, presence: Presence) -> String {
    let waits = format!("waits at most {}", time(wait));
    match presence {
        Presence::Required => waits,
        Presence::Optional => format!("{waits}, may be left out"),
    }
}

fn media(line: &MediaLine) -> String {
    match &line.flow {
        Flow::Play { signal, span } => {
            let what = match signal {
                Signal::Tone { hz, dbm0 } => format!("{hz} Hz at {dbm0} dBm0"),
                Signal::Talk { dbm0 } => format!("talk-like signal at {dbm0} dBm0"),
                Signal::Silence => "silence".to_owned(),
                Signal::Again => "what was played last, byte for byte,".to_owned(),
                Signal::Digits(dialled) => digits(dialled),
            };
            let shapes: Vec<_> = line.shapes.iter().map(|shape| shape.word()).collect();
            let shapes = if shapes.is_empty() {
                String::new()
            } else {
                format!(", in packets with: {}", shapes.join(", "))
            };
            let protection = if line.protection == Protection::Agreed {
                String::new()
            } else {
                format!(", protected: {}", line.protection.word())
            };
            format!("plays {what} for {}{shapes}{protection}", time(*span))
        }
        Flow::Listen { span: Some(span) } => format!("listens for {}", time(*span)),
        Flow::Listen { span: None } => "listens while the others play".to_owned(),
        Flow::Digits { method, wait, .. } => {
            format!("waits at most {}; by {}", time(*wait), method.word())
        }
    }
}

fn digits(dialled: &Dialled) -> String {
    let Dialled { tone, gap, manner, .. } = dialled;
    let length = format!("of {} with {} between", time(*tone), time(*gap));
    match manner {
        Manner::Rtp(events) => {
            let Events { volume, every, end_packets, marker, payload_type, reserved, lose } =
                events;
            // Writing to a String cannot fail.
            let mut text = format!(
                "events {length}, a packet each {}, the last {end_packets} times, at -{volume} dBm0",
                time(*every)
            );
            if *marker != Marker::First {
                let _ = write!(text, ", marker {}", marker.word());
            }
            if let Some(payload_type) = payload_type {
                let _ = write!(text, ", payload type {payload_type}");
            }
            if *reserved {
                text += ", reserved bit set";
            }
            if !lose.is_empty() {
                let lost: Vec<_> = lose.iter().map(ToString::to_string).collect();
                let _ = write!(text, ", packets {} of each lost", lost.join(", "));
            }
            text
        }
        Manner::Info(format) => format!("INFO with {}, digits {length}", format.content_type()),
        Manner::Inband { dbm0, twist, offset } => format!(
            "tones {length}, low at {dbm0} dBm0, high {twist} dB above, {} % off in frequency",
            offset * 100.0
        ),
    }
}

fn count(number: usize, what: &str) -> String {
    match (number, what) {
        (1, _) => format!("1 {what}"),
        (_, "branch") => format!("{number} branches"),
        _ => format!("{number} {what}s"),
    }
}

/// A time with the unit that suits it.
fn time(span: Duration) -> String {
    let millis = span.as_secs_f64() * 1e3;
    if span >= Duration::from_secs(1) {
        format!("{} s", millis / 1e3)
    } else {
        format!("{millis} ms")
    }
}
