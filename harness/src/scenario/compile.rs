//! From the tree to the program.

pub(super) mod command;
mod dialled;
pub(super) mod edits;
mod group;
pub(super) mod impair;
pub(super) mod include;
pub(super) mod media;
mod message;
mod raw;
mod step;

use super::code::Code;
use super::header::{self, CaseHeader};
use super::names::Scope;
use super::program::{Program, Role, RoleId, Step};
use super::roles;
use super::sink::{Sink, did_you_mean};
use super::source::{Place, Source};
use super::tree::{self, Map, Node, Scalar};
use super::variation::VARIED;
use super::{Context, flow};
use crate::check::claim::{Claim, Holds};
use crate::check::expression::{Expression, Scope as Labels};
use crate::check::subject::{Subject, SubjectKind};
use crate::evidence::step::{Part, StepId};
use crate::proto::auth::{Account, Space};
use crate::requirement::RequirementId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The longest wait where a step does not say.
pub(super) const WAIT: Duration = Duration::from_secs(10);
/// For how long media plays, or is heard by itself, where a line does not say.
pub(super) const SPAN: Duration = Duration::from_secs(2);
/// More steps than this are a mistake: a `repeat` within a `repeat`, most likely.
const MOST_STEPS: u16 = 2_000;

/// Compiles one execution. The program is there unless there are errors.
pub(super) fn compile(
    source: &Source,
    values: &BTreeMap<String, String>,
    context: &Context<'_>,
) -> (Option<Program>, Sink) {
    let source = Arc::new(source.clone());
    let mut sink = Sink::default();
    let Some(top) = tree::parse(&source, &mut sink) else { return (None, sink) };
    let Some(top) = top.map("a scenario", &mut sink) else { return (None, sink) };
    let header = header::read(top, Some(context), &mut sink);
    let mut scope = Scope::new(&context.names, values, header.roles.iter().map(String::as_str));
    constants(top, &mut scope, &mut sink);
    let roles = top.get("roles").map(|node| scope.node(node, |_| true, &mut sink));
    let roles = roles::read(roles.as_ref(), header::reach_of(values), &mut sink);
    registrar_names(&roles, &mut scope);
    let mut compiler = Compiler {
        context,
        sink,
        requires: header.case.requires.first().cloned(),
        roles,
        scope,
        part: Part::Preamble,
        since: None,
        subjects: Vec::new(),
        places: Vec::new(),
        labels: Vec::new(),
        drafts: Vec::new(),
        including: vec![source.path.clone()],
        too_long: false,
        gap: None,
    };
    let steps = compiler.parts(top);
    compiler.finish(header, top, values, steps)
}

/// `names:` of the file: constants of its own.
fn constants(top: &Map, scope: &mut Scope, sink: &mut Sink) {
    let Some(names) = top.get("names").and_then(|node| node.map("`names`", sink)) else { return };
    for (name, value) in &names.entries {
        if let Some(value) = value.scalar(&format!("`names.{}`", name.text), sink) {
            let value = scope.scalar(value, sink);
            scope.set(&name.text, value.text);
        }
    }
}

/// What the file itself says of its registrars and proxies.
fn registrar_names(roles: &[Role], scope: &mut Scope) {
    for role in roles {
        if let Some(Space { realm, account, .. }) = role.kind.space() {
            let Account { user, password } = account;
            for (part, value) in [("realm", realm), ("account", user), ("password", password)] {
                scope.set(format!("{}.{part}", role.name), value);
            }
        }
    }
}

/// A claim whose expression is read once all labels are known.
struct Draft {
    /// Absent where the file names none that exists; the expression is read all the same.
    requirement: Option<RequirementId>,
    step: StepId,
    part: Part,
    text: String,
    line: usize,
    what: What,
}

enum What {
    Holds(Holds),
    Expression(Scalar),
}

/// The state of a compilation.
struct Compiler<'a> {
    context: &'a Context<'a>,
    sink: Sink,
    /// What steps stand for that do not say it.
    requires: Option<RequirementId>,
    roles: Vec<Role>,
    scope: Scope,
    part: Part,
    /// The step whose end is the reference of the next one.
    since: Option<StepId>,
    subjects: Vec<Subject>,
    /// Where each step stands.
    places: Vec<Place>,
    labels: Vec<(String, Place, StepId, SubjectKind)>,
    drafts: Vec<Draft>,
    /// The files that are being read, outermost first.
    including: Vec<String>,
    too_long: bool,
    /// The first step after one that could not be made.
    gap: Option<StepId>,
}

impl Compiler<'_> {
    fn parts(&mut self, top: &Map) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(preamble) = top.get("preamble") {
            steps.extend(self.part(Part::Preamble, preamble));
        }
        match top.get("body") {
            Some(body) => {
                let count = self.sink.len();
                let body_steps = self.part(Part::Body, body);
                if body_steps.is_empty() && self.sink.len() == count {
                    self.sink.add(Code::Empty, body.place(), "the body is empty", "expected steps");
                }
                steps.extend(body_steps);
            }
            None => header::missing(
                top,
                "body",
                "add `body:` with the steps of the case",
                &mut self.sink,
            ),
        }
        if let Some(postamble) = top.get("postamble") {
            steps.extend(self.part(Part::Postamble, postamble));
        } else {
            let place = top.entry("body").map_or(&top.place, |(key, _)| &key.place);
            self.sink
                .add(Code::NoPostamble, place, "the case has no postamble", "`dut: idle` is taken")
                .help("add `postamble: [dut: idle]`");
            steps.extend(self.idle(&place.clone()));
        }
        steps
    }

    fn part(&mut self, part: Part, node: &Node) -> Vec<Step> {
        self.part = part;
        let Some(list) = node.list(&format!("`{part}`"), &mut self.sink) else { return Vec::new() };
        self.steps(&list.items)
    }

    fn finish(
        mut self,
        header: CaseHeader,
        top: &Map,
        values: &BTreeMap<String, String>,
        steps: Vec<Step>,
    ) -> (Option<Program>, Sink) {
        let silent = self.drafts.is_empty();
        let claims = self.claims();
        for (key, _) in &header.matrix {
            let known = VARIED.contains(&key.as_str()) || self.scope.used(key);
            if !known && let Some(Node::Map(matrix)) = top.get("matrix") {
                let place = matrix.entry(key).map_or(&matrix.place, |(key, _)| &key.place);
                self.sink
                    .add(
                        Code::NoEffect,
                        place,
                        format!("`{key}` is never used"),
                        "multiplies executions",
                    )
                    .help(format!("write `${{matrix.{key}}}` where it belongs"));
            }
        }
        let clean = |sink: &Sink| !sink.has_errors();
        if silent && clean(&self.sink) {
            let place = top.entry("body").map_or(&top.place, |(key, _)| &key.place);
            self.sink
                .add(
                    Code::NoClaim,
                    place,
                    "the case claims nothing of the device",
                    "no step is judged",
                )
                .help("wait for something that the device has to do, or add a `check:`");
        }
        let mut program = Program {
            execution: header.execution(values),
            case: header.case,
            values: values.clone(),
            roles: self.roles,
            steps,
            claims,
            subjects: self.subjects,
        };
        flow::follow(&mut program, &self.places, self.gap, &mut self.sink);
        let program = clean(&self.sink).then_some(program);
        (program, self.sink)
    }

    /// Reads the expressions of the checks, now that every step's name is known.
    fn claims(&mut self) -> Vec<Claim> {
        let labels: Vec<_> =
            self.labels.iter().map(|(name, _, step, kind)| (name.clone(), *step, *kind)).collect();
        let mut claims = Vec::new();
        for draft in std::mem::take(&mut self.drafts) {
            let Draft { requirement, step, part, text, line, what } = draft;
            let holds = match what {
                What::Holds(holds) => Some(holds),
                What::Expression(scalar) => self.expression(&scalar, step, &labels),
            };
            if let (Some(requirement), Some(holds)) = (requirement, holds) {
                claims.push(Claim { requirement, step, part, text, line, holds });
            }
        }
        claims
    }

    fn expression(
        &mut self,
        scalar: &Scalar,
        this: StepId,
        labels: &[(String, StepId, SubjectKind)],
    ) -> Option<Holds> {
        let kind =
            self.subjects.get(usize::from(this.0)).map_or(SubjectKind::Other, |each| each.kind);
        if scalar.open {
            // A name in it has no value yet, so that it cannot be read.
            return None;
        }
        match Expression::parse(&scalar.text, &Labels { this, kind, labels }) {
            Ok(expression) => Some(Holds::True(expression)),
            Err(errors) => {
                for error in errors {
                    let place = scalar.place_of(&error.at);
                    self.sink
                        .add(Code::Check, &place, error.message, "in this check")
                        .maybe_help(error.help);
                }
                None
            }
        }
    }

    /// Enters a step into the tables and returns its id.
    fn enter(&mut self, place: &Place, text: &str, kind: SubjectKind) -> StepId {
        let id = StepId(u16::try_from(self.subjects.len()).unwrap_or(u16::MAX));
        self.subjects.push(Subject {
            step: id,
            part: self.part,
            label: None,
            text: text.to_owned(),
            kind,
            since: self.since,
        });
        self.places.push(place.clone());
        if id.0 >= MOST_STEPS && !self.too_long {
            self.too_long = true;
            let title = format!("the program has more than {MOST_STEPS} steps");
            self.sink.add(Code::TooLong, place, title, "here").help("repeat less often");
        }
        id
    }

    /// The requirement that a step stands for.
    fn stands_for(&mut self, keys: &Map) -> Option<RequirementId> {
        match keys.get("stands-for") {
            Some(node) => {
                let scalar = node.scalar("`stands-for`", &mut self.sink)?;
                header::requirement(scalar, Some(self.context), &mut self.sink)
            }
            None => self.requires.clone(),
        }
    }

    /// Claims that a step is met or silent.
    fn claim(&mut self, id: StepId, keys: &Map, place: &Place, text: &str, holds: Holds) {
        let requirement = self.stands_for(keys);
        if self.part == Part::Postamble {
            return;
        }
        self.draft(requirement, id, text.to_owned(), place.line(), What::Holds(holds));
    }

    fn draft(
        &mut self,
        requirement: Option<RequirementId>,
        step: StepId,
        text: String,
        line: usize,
        what: What,
    ) {
        self.drafts.push(Draft { requirement, step, part: self.part, text, line, what });
    }

    /// `as:` and `check:`, which every step may have.
    fn label_and_checks(&mut self, id: StepId, keys: &Map) {
        if let Some(label) = keys.get("as").and_then(|node| node.scalar("`as`", &mut self.sink)) {
            let label = label.clone();
            self.label(id, &label);
        }
        let Some(checks) = keys.get("check") else { return };
        if self.part == Part::Postamble {
            let place = keys.entry("check").map_or(&keys.place, |(key, _)| &key.place);
            self.sink
                .add(Code::PostambleCheck, place, "a check in the postamble", "never judged")
                .help("the postamble only brings the device back: move the check to the body");
        }
        let checks = match checks {
            Node::Map(map) => vec![map],
            Node::List(_) | Node::Scalar(_) => {
                let Some(list) = checks.list("`check`", &mut self.sink) else { return };
                list.items.iter().filter_map(|item| item.map("a check", &mut self.sink)).collect()
            }
        };
        for (name, value) in checks.into_iter().flat_map(|map| &map.entries) {
            let requirement = header::requirement(name, Some(self.context), &mut self.sink);
            let Some(text) = value.scalar("the expression of a check", &mut self.sink) else {
                continue;
            };
            let what = What::Expression(text.clone());
            self.draft(requirement, id, text.text.clone(), name.place.line(), what);
        }
    }

    fn label(&mut self, id: StepId, label: &Scalar) {
        let shaped = label.text.starts_with(|c: char| c.is_ascii_alphabetic())
            && label.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !shaped && !label.open {
            let title = format!("`{}` cannot be the name of a step", label.text);
            let text = "expected letters, digits, `-` and `_`";
            self.sink.add(Code::Value, &label.place, title, text);
            return;
        }
        if let Some((_, first, ..)) = self.labels.iter().find(|(name, ..)| *name == label.text) {
            let title = format!("two steps are named `{}`", label.text);
            self.sink
                .add(Code::DuplicateLabel, &label.place, title, "again here")
                .related(first, "first here")
                .help("in a `repeat`, `${repeat}` is the number of the round: `as: x-${repeat}`");
            return;
        }
        if let Some(subject) = self.subjects.get_mut(usize::from(id.0)) {
            subject.label = Some(label.text.clone());
            self.labels.push((label.text.clone(), label.place.clone(), id, subject.kind));
        }
    }

    fn role(&mut self, name: &str, place: &Place) -> Option<RoleId> {
        let found = self.roles.iter().position(|role| role.name == name);
        if found.is_none() {
            let known = self.roles.iter().map(|role| role.name.as_str());
            let help = did_you_mean(name, known);
            self.sink
                .add(
                    Code::UnknownRole,
                    place,
                    format!("unknown role `{name}`"),
                    "not among `roles`",
                )
                .maybe_help(help);
        }
        found.and_then(|at| u16::try_from(at).ok()).map(RoleId)
    }
}
