//! `alice -> dut: INVITE` and `dut -> alice: 180`.

use super::Compiler;
use super::command::{AWAIT_KEYS, Patience};
use super::edits::{SEND_KEYS, Sent};
use super::step::Head;
use crate::check::subject::SubjectKind;
use crate::proto::policy::{Answers, DialogUse, Reliability};
use crate::scenario::code::Code;
use crate::scenario::program::{
    Await, Forbidden, Outgoing, Pattern, Repeated, RoleId, Send, Step, StepKind,
};
use crate::scenario::roles::{DUT, choose};
use crate::scenario::sink::near;
use crate::scenario::tree::{Map, Node, Scalar};

/// Methods of which a near miss is taken for a slip of the keyboard.
pub(in crate::scenario) const METHODS: &[&str] = &[
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "PRACK",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "INFO",
    "REFER",
    "MESSAGE",
    "UPDATE",
];

/// Which way a line runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    ToDut(RoleId),
    FromDut(RoleId),
}

/// What the text of a line names.
enum Named {
    Request(String),
    Response { from: u16, to: u16, method: Option<String> },
}

impl Compiler<'_> {
    /// One line of signalling.
    pub(super) fn message(&mut self, head: &Head<'_>) -> Option<Step> {
        match self.way(head.key, "->") {
            Some(Way::ToDut(role)) => self.send(head, role),
            Some(Way::FromDut(role)) => self.expect(head, role),
            None => {
                // The message and the keys may be wrong as well.
                let sent = self.edits(head.keys);
                self.patience(head.keys);
                if let (None, Node::Scalar(scalar)) = (sent.raw, head.value) {
                    self.named_message(scalar);
                }
                let known: Vec<_> = SEND_KEYS.iter().chain(AWAIT_KEYS).copied().collect();
                self.only(head, &known, "a line of the ladder");
                None
            }
        }
    }

    /// The two ends of a line.
    pub(super) fn way(&mut self, key: &Scalar, arrow: &str) -> Option<Way> {
        let (from, to) = key.text.split_once(arrow)?;
        let find = |part: &str, at: usize| {
            let lead = part.len() - part.trim_start().len();
            (part.trim().to_owned(), at + lead..at + lead + part.trim().len())
        };
        let (from, from_at) = find(from, 0);
        let (to, to_at) = find(to, key.text.len() - to.len());
        if key.open {
            return None;
        }
        let role = self.first_role();
        match (from == DUT, to == DUT) {
            (true, false) => self.role(&to, &key.place_of(&to_at)).map(Way::FromDut),
            (false, true) => self.role(&from, &key.place_of(&from_at)).map(Way::ToDut),
            (true, true) => {
                let title = "the device does not talk to itself";
                self.sink
                    .add(Code::Direction, &key.place, title, "both ends are `dut`")
                    .help(format!("one end is a role: `dut {arrow} {role}`"));
                None
            }
            (false, false) => {
                let title = "neither end of this line is the device";
                self.sink
                    .add(Code::Direction, &key.place, title, "expected `dut` at one end")
                    .help(format!("such as `{role} {arrow} dut`"));
                None
            }
        }
    }

    fn first_role(&self) -> String {
        self.roles.first().map_or("alice", |role| role.name.as_str()).to_owned()
    }

    fn send(&mut self, head: &Head<'_>, role: RoleId) -> Option<Step> {
        self.reject_within(head, "this message is our own");
        let mut known = SEND_KEYS.to_vec();
        known.extend(["as", "check", "within"]);
        self.only(head, &known, "a message that we send");
        let Sent { raw, edits, session } = self.edits(head.keys);
        let dialog = self.dialog(head.keys);
        let again = self.flag(head.keys, "again");
        let reliable = self.flag(head.keys, "reliable");
        if let (true, Some((key, _))) = (again, head.keys.entry("dialog")) {
            let title = "`dialog` beside `again`";
            let label = "what is sent once more is in the dialog that it was in";
            self.sink.add(Code::Conflict, &key.place, title, label);
        }
        let message = match (raw, head.value.scalar("a message", &mut self.sink)) {
            (Some(bytes), _) => Some(Outgoing::Raw(bytes)),
            (None, None) => None,
            (None, Some(scalar)) => match self.named_message(scalar) {
                None => None,
                Some(Named::Request(method)) if again => {
                    Some(Outgoing::Again(Repeated::Request(method)))
                }
                Some(Named::Request(method)) => Some(Outgoing::Request { method, dialog }),
                Some(Named::Response { from, to, method }) => {
                    if from != to {
                        let title = "a response that we send needs one status";
                        let label = format!("expected {from} to {to}");
                        self.sink
                            .add(Code::Message, &scalar.place, title, label)
                            .help("classes such as `1xx` are for what the device sends");
                    }
                    if let Some((key, _)) = head.keys.entry("dialog") {
                        let title = "`dialog` on a response";
                        let label = "a response belongs to the dialog of its request";
                        self.sink.add(Code::Conflict, &key.place, title, label);
                    }
                    Some(if again {
                        Outgoing::Again(Repeated::Response { status: from, method })
                    } else {
                        let reliability =
                            if reliable { Reliability::Reliable } else { Reliability::Usual };
                        Outgoing::Response { status: from, method, reliability }
                    })
                }
            },
        };
        if let (true, Some((key, _))) = (reliable, head.keys.entry("reliable"))
            && !matches!(message, None | Some(Outgoing::Response { status: 101..200, .. }))
        {
            let title = "only a provisional response can be reliable";
            self.sink.add(Code::Conflict, &key.place, title, "this message is none").help(
                "`reliable: true` is for 101 to 199; by `header` any message can say what it likes",
            );
        }
        let text = head.text();
        let id = self.enter_step(head, &text, SubjectKind::Sent(role.0));
        self.label_and_checks(id, head.keys);
        let send = Send { role, message: message?, edits, session };
        Some(self.made(id, head, text, StepKind::Send(send)))
    }

    fn dialog(&mut self, keys: &Map) -> DialogUse {
        let words = &["current", "early", "outside", "unknown"];
        let scalar = keys.get("dialog").and_then(|node| node.scalar("`dialog`", &mut self.sink));
        match scalar.and_then(|scalar| choose(scalar, "`dialog`", words, &mut self.sink)) {
            Some("early") => DialogUse::Early,
            Some("outside") => DialogUse::Outside,
            Some("unknown") => DialogUse::Unknown,
            Some(_) | None => DialogUse::Current,
        }
    }

    fn expect(&mut self, head: &Head<'_>, role: RoleId) -> Option<Step> {
        self.only(head, AWAIT_KEYS, "a message that the device sends");
        let patience = self.patience(head.keys);
        let scalar = head.value.scalar("a message", &mut self.sink)?;
        let pattern = self.named_message(scalar).map(Named::pattern);
        let text = head.text();
        let id = self.enter_wait(head, &text, SubjectKind::Received(role.0), &patience);
        let Patience { wait, presence, .. } = patience;
        // Who answers is known once the later steps are.
        let answers = Answers::Itself;
        let kind = StepKind::Await(Await { role, pattern: pattern?, wait, presence, answers });
        Some(self.made(id, head, text, kind))
    }

    /// A line of `none of`.
    pub(super) fn forbidden(&mut self, item: &Node) -> Option<Forbidden> {
        let head = self.head(item)?;
        self.only(&head, &[], "a line of `none of`");
        if head.key.text == "event" {
            let scalar = head.value.scalar("an event", &mut self.sink)?;
            let (kind, detail) = self.told(scalar);
            return Some(Forbidden::Event(kind?, detail));
        }
        if !head.key.text.contains("->") {
            let title = "`none of` forbids messages and events of the device";
            self.sink
                .add(Code::NotAWait, &head.key.place, title, "neither")
                .help("such as `dut -> alice: BYE` or `event: digit`");
            return None;
        }
        let way = self.way(head.key, "->")?;
        let scalar = head.value.scalar("a message", &mut self.sink)?;
        let pattern = self.named_message(scalar)?.pattern();
        match way {
            Way::FromDut(role) => Some(Forbidden::Message(role, pattern)),
            Way::ToDut(_) => {
                let title = "`none of` forbids messages of the device";
                self.sink.add(Code::Direction, &head.key.place, title, "we send this one");
                None
            }
        }
    }

    /// `INVITE`, `180`, `1xx`, `18x`, `200 (INVITE)`, `final`, `failure`.
    fn named_message(&mut self, scalar: &Scalar) -> Option<Named> {
        if scalar.open {
            return None;
        }
        let text = scalar.text.trim();
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return self.status(scalar, text);
        }
        let any = |from, to| Some(Named::Response { from, to, method: None });
        match text {
            "final" => return any(200, 699),
            "failure" => return any(300, 699),
            _ => {}
        }
        let method = text.to_owned();
        let token = |c: char| c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c);
        let title = format!("`{text}` is not a message");
        let label = "expected a method such as `INVITE` or a status such as `180`";
        if text.is_empty() || !text.chars().all(token) {
            self.sink.add(Code::Message, &scalar.place, title, label).maybe_help(near_method(text));
            return None;
        }
        if !METHODS.contains(&text)
            && let Some(help) = near_method(text)
        {
            self.sink.add(Code::Message, &scalar.place, title, label).help(help);
            return None;
        }
        Some(Named::Request(method))
    }

    fn status(&mut self, scalar: &Scalar, text: &str) -> Option<Named> {
        let (digits, method) = match text.split_once('(') {
            None => (text, None),
            Some((digits, rest)) => (digits.trim(), rest.strip_suffix(')').map(str::trim)),
        };
        let range = range(digits).filter(|_| method.is_some() || !text.contains('('));
        let Some((from, to)) = range else {
            let title = format!("`{text}` is not a status");
            let label = "expected `100` to `699`, `1xx`, `18x` or `200 (INVITE)`";
            self.sink.add(Code::Message, &scalar.place, title, label).maybe_help(
                text.split_once(' ')
                    .filter(|(code, _)| range_is_one(code))
                    .map(|(code, _)| format!("the reason phrase does not matter: write `{code}`")),
            );
            return None;
        };
        if let Some(method) = method
            && !METHODS.contains(&method)
            && let Some(help) = near_method(method)
        {
            let title = format!("`{method}` is not a method");
            self.sink.add(Code::Message, &scalar.place, title, "in the brackets").help(help);
        }
        Some(Named::Response { from, to, method: method.map(str::to_owned) })
    }
}

impl Named {
    fn pattern(self) -> Pattern {
        match self {
            Self::Request(method) => Pattern::Request(method),
            Self::Response { from, to, method } => Pattern::Response { from, to, method },
        }
    }
}

fn near_method(text: &str) -> Option<String> {
    near(text, METHODS.iter().copied())
}

fn range_is_one(text: &str) -> bool {
    range(text).is_some_and(|(from, to)| from == to)
}

fn range(text: &str) -> Option<(u16, u16)> {
    let known = text.trim_end_matches('x');
    let open = text.len() - known.len();
    if text.len() != 3 || !known.chars().all(|c| c.is_ascii_digit()) || open > 2 {
        return None;
    }
    let scale = [1, 10, 100].get(open).copied()?;
    let from = known.parse::<u16>().ok()? * scale;
    (100..700).contains(&from).then_some((from, from + scale - 1))
}
