//! The control face of a device, as a codec without I/O.

use super::action::{Action, Verb};
use super::event::{Event, EventKind};
use super::profile::{Control, Framing, Refusal};
use crate::check::pattern::mistake;
use crate::time::Span;
use regex::{Regex, RegexSet};
use std::collections::BTreeMap;
use std::time::Duration;

/// A control face, checked.
#[derive(Clone, Debug)]
pub struct Face {
    framing: Framing,
    prompt: String,
    /// By verb, and by its first argument where the profile tells that value apart.
    tellings: BTreeMap<(Verb, Option<String>), Command>,
    events: Vec<(EventKind, Regex)>,
    /// All of those at once: most lines tell one thing, and are not to be held against each.
    told: RegexSet,
}

/// How a verb is said on this face.
#[derive(Clone, Debug)]
pub struct Command {
    /// Lines with the arguments filled in.
    pub lines: Vec<String>,
    /// The event that confirms it.
    pub until: EventKind,
    /// What a refusal means.
    pub refused: Refusal,
    /// How long to wait before the lines are written again.
    pub again: Option<Duration>,
}

impl Face {
    /// Checks what a profile says.
    ///
    /// # Errors
    ///
    /// Every mistake, in words that name the key. The author of the profile is at fault.
    pub fn new(control: &Control) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut tellings = BTreeMap::new();
        for (key, telling) in &control.actions {
            let (word, value) = match key.split_once(' ') {
                Some((word, value)) => (word, Some(value.to_owned())),
                None => (key.as_str(), None),
            };
            let verb = Verb::ALL.iter().copied().find(|verb| verb.word() == word);
            let until = event_kind(&telling.until);
            for argument in telling.send.iter().flat_map(|line| placeholders(line)) {
                if verb.is_some_and(|verb| !placeholders_of(verb).contains(&argument.as_str())) {
                    mistakes.push(format!(
                        "control.actions.{word}: `{{{argument}}}` is not an argument of `{word}`"
                    ));
                }
            }
            match (verb, until) {
                (Some(verb), Some(until)) => {
                    let command = Command {
                        lines: telling.send.clone(),
                        until,
                        refused: telling.refused,
                        again: telling.again.map(Span::duration),
                    };
                    tellings.insert((verb, value), command);
                }
                (None, _) => mistakes.push(format!(
                    "control.actions: `{word}` is no verb{}",
                    near(word, Verb::ALL.iter().map(|verb| verb.word()))
                )),
                (_, None) => mistakes.push(format!(
                    "control.actions.{word}.until: `{}` is no event{}",
                    telling.until,
                    near(&telling.until, EventKind::ALL.iter().map(|kind| kind.word()))
                )),
            }
        }
        let mut events = Vec::new();
        for told in &control.events {
            match (event_kind(&told.event), Regex::new(&told.line)) {
                (Some(kind), Ok(regex)) => events.push((kind, regex)),
                (None, _) => mistakes.push(format!(
                    "control.events: `{}` is no event{}",
                    told.event,
                    near(&told.event, EventKind::ALL.iter().map(|kind| kind.word()))
                )),
                (_, Err(error)) => mistakes.push(format!(
                    "control.events: `{}` is no regular expression: {}",
                    told.line,
                    mistake(&error)
                )),
            }
        }
        let told = RegexSet::new(events.iter().map(|(_, regex)| regex.as_str()));
        mistakes.extend(told.as_ref().err().map(|error| format!("control.events: {error}")));
        match told {
            Ok(told) if mistakes.is_empty() => {
                let (framing, prompt) = (control.framing, control.prompt.clone());
                Ok(Self { framing, prompt, tellings, events, told })
            }
            _ => Err(mistakes),
        }
    }

    /// How this device is told to do `action`, or `None` where it can't be.
    ///
    /// `account` has the arguments of the last `register`, or nothing; without it, a line that needs
    /// them is left out: there is nothing to remove.
    pub fn command(&self, action: &Action, account: &[String]) -> Option<Command> {
        let valued = (action.verb, action.arguments.first().cloned());
        let telling =
            self.tellings.get(&valued).or_else(|| self.tellings.get(&(action.verb, None)));
        let mut command = telling?.clone();
        let arguments =
            if action.verb == Verb::Unregister { account } else { action.arguments.as_slice() };
        let names = placeholders_of(action.verb);
        if arguments.is_empty() {
            let needs = |line: &String| {
                placeholders(line).iter().any(|name| names.contains(&name.as_str()))
            };
            command.lines.retain(|line| !needs(line));
        }
        for line in &mut command.lines {
            for (name, value) in names.iter().zip(arguments) {
                *line = line.replace(&format!("{{{name}}}"), value);
            }
        }
        Some(command)
    }

    /// Whether the device has the verb.
    pub fn has(&self, verb: Verb) -> bool {
        self.tellings.keys().any(|(told, _)| *told == verb)
    }

    /// Whether some line of the device tells such an event.
    pub fn tells(&self, kind: EventKind) -> bool {
        self.events.iter().any(|(told, _)| *told == kind)
    }

    /// What a line tells, in the order of the profile.
    pub fn events(&self, line: &str) -> Vec<Event> {
        let told = self.told.matches(line);
        told.iter()
            .filter_map(|at| {
                let (kind, regex) = self.events.get(at)?;
                let found = regex.captures(line)?;
                let detail = found.get(1).map_or("", |group| group.as_str()).to_owned();
                Some(Event { kind: *kind, detail })
            })
            .collect()
    }

    /// The bytes that put a command line on the control face.
    pub fn encode(&self, line: &str) -> Vec<u8> {
        match self.framing {
            Framing::Lines => format!("{line}\r\n").into_bytes(),
            Framing::NetstringJson => {
                let (command, params) = line.split_once(' ').unwrap_or((line, ""));
                let object =
                    serde_json::json!({ "command": command, "params": params }).to_string();
                format!("{}:{object},", object.len()).into_bytes()
            }
        }
    }

    /// A decoder at the start of the stream.
    pub fn decoder(&self) -> Decoder {
        Decoder { framing: self.framing, prompt: self.prompt.clone(), pending: Vec::new() }
    }
}

/// Cuts what the control face sends into lines.
#[derive(Clone, Debug)]
pub struct Decoder {
    framing: Framing,
    prompt: String,
    pending: Vec<u8>,
}

impl Decoder {
    /// Takes bytes and returns the lines that they complete, without line ends and prompts.
    ///
    /// Bytes that are not UTF-8 become U+FFFD. A line of over 64 KiB is cut there.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.pending.extend_from_slice(bytes);
        let mut lines = Vec::new();
        loop {
            let taken = match self.framing {
                Framing::Lines => take_line(&mut self.pending),
                Framing::NetstringJson => take_netstring(&mut self.pending),
            };
            let Some(taken) = taken else { break };
            let text = String::from_utf8_lossy(&taken);
            let mut line = text.trim_end_matches(['\r', '\n']).trim_start_matches('\r');
            while !self.prompt.is_empty()
                && let Some(rest) = line.strip_prefix(self.prompt.as_str())
            {
                line = rest;
            }
            if !line.is_empty() {
                lines.push(line.to_owned());
            }
        }
        lines
    }
}

fn take_line(pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = pending.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
    let end = end.or((pending.len() > LONGEST_LINE).then_some(LONGEST_LINE))?;
    Some(pending.drain(..end).collect())
}

/// Takes one netstring; bytes that can't begin one are dropped up to the next digit.
fn take_netstring(pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        let start = pending.iter().position(u8::is_ascii_digit)?;
        pending.drain(..start);
        let colon = pending.iter().position(|byte| !byte.is_ascii_digit())?;
        let digits = String::from_utf8_lossy(pending.get(..colon)?).into_owned();
        let length = digits.parse::<usize>().ok().filter(|&length| length <= LONGEST_LINE);
        let (Some(length), Some(b':')) = (length, pending.get(colon)) else {
            pending.drain(..colon);
            continue;
        };
        let (from, to) = (colon + 1, colon + 1 + length);
        if pending.len() <= to {
            return None;
        }
        let object = pending.get(from..to)?.to_vec();
        pending.drain(..=to);
        return Some(object);
    }
}

fn event_kind(word: &str) -> Option<EventKind> {
    EventKind::ALL.iter().copied().find(|kind| kind.word() == word)
}

/// What the lines of a verb can have filled in: to remove a registration, the account that has it.
const fn placeholders_of(verb: Verb) -> &'static [&'static str] {
    let with = if matches!(verb, Verb::Unregister) { Verb::Register } else { verb };
    with.arguments()
}

fn placeholders(line: &str) -> Vec<String> {
    line.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn near<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}

const LONGEST_LINE: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn control(framing: &str) -> Control {
        let text = format!(
            "framing: {framing}
prompt: 'door> '
actions:
  answer: {{ send: [answer] }}
  dial: {{ send: ['dial {{uri}}'], until: dialing }}
  idle: {{ send: [hangup, status], until: idle, refused: ignored, again: 500 ms }}
events:
  - {{ event: done, line: '^ok$' }}
  - {{ event: digit, line: 'dtmf: digit (.)' }}
"
        );
        serde_saphyr::from_str(&text).unwrap()
    }

    #[test]
    fn a_command_has_its_arguments_filled_in() {
        let face = Face::new(&control("lines")).unwrap();
        let dial = Action { verb: Verb::Dial, arguments: vec!["sip:a@b".into()] };
        assert_eq!(face.command(&dial, &[]).unwrap().lines, ["dial sip:a@b"]);
        assert_eq!(face.encode("answer"), b"answer\r\n");
        assert!(!face.has(Verb::Reboot));
    }

    #[test]
    fn to_remove_a_registration_the_account_is_named() {
        let mut control = control("lines");
        let mut telling = control.actions["answer"].clone();
        telling.send = vec!["delete {aor}".into()];
        control.actions.insert("unregister".into(), telling);
        let face = Face::new(&control).unwrap();
        let unregister = Action { verb: Verb::Unregister, arguments: Vec::new() };
        assert!(face.command(&unregister, &[]).unwrap().lines.is_empty());
        let account = ["sip:a@b".to_owned(), "a".into()];
        assert_eq!(face.command(&unregister, &account).unwrap().lines, ["delete sip:a@b"]);
    }

    #[test]
    fn lines_come_whole_and_without_the_prompt() {
        let face = Face::new(&control("lines")).unwrap();
        let mut decoder = face.decoder();
        assert_eq!(decoder.push(b"door> ok\r\ndoor> door> [ 1.0] dtmf: di"), ["ok"]);
        let lines = decoder.push(b"git 5\r\n\r\n");
        assert_eq!(lines, ["[ 1.0] dtmf: digit 5"]);
        let events = face.events(&lines[0]);
        assert_eq!(events, [Event { kind: EventKind::Digit, detail: "5".into() }]);
    }

    #[test]
    fn netstrings_survive_being_split_and_garbage_before_them() {
        let face = Face::new(&control("netstring-json")).unwrap();
        assert_eq!(face.encode("dial sip:a"), b"35:{\"command\":\"dial\",\"params\":\"sip:a\"},");
        let mut decoder = face.decoder();
        assert_eq!(decoder.push(b"xx7:{\"a\":1}"), Vec::<String>::new());
        assert_eq!(decoder.push(b",2:{},3"), ["{\"a\":1}", "{}"]);
    }

    #[test]
    fn every_mistake_of_a_profile_is_named() {
        let mut control = control("lines");
        control.actions.insert("anwser".into(), control.actions["answer"].clone());
        control.actions.get_mut("dial").unwrap().send = vec!["dial {url}".into()];
        control.events[0].event = "dine".into();
        control.events[1].line = "(".into();
        let mistakes = Face::new(&control).unwrap_err();
        assert_eq!(mistakes.len(), 4, "{mistakes:#?}");
        assert!(mistakes[0].contains("did you mean `answer`?"), "{mistakes:#?}");
    }
}
