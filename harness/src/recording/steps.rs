//! The steps of a recorded dialog.

use super::Device;
use super::yaml::{body, quoted, with_names};
use crate::analysis::{Analysis, Digit, Message, Way};
use crate::time::Tick;
use crate::wire::sdp::Direction;
use crate::wire::sip;
use std::fmt::Write as _;
use std::time::Duration;

/// The steps of a recorded dialog, as YAML.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) preamble: String,
    pub(super) body: String,
    pub(super) postamble: String,
    /// Whether the device rang.
    pub(super) rings: bool,
    /// How the dialog went, in a few words.
    pub(super) ending: String,
}

/// What is known while the messages are gone through.
struct Writer<'a> {
    analysis: &'a Analysis,
    place: usize,
    device: &'a Device,
    steps: Steps,
    before: Tick,
    /// The final status of the last INVITE.
    status: Option<u16>,
    /// Whether a call is up, and whether the device has put it on hold.
    is_up: bool,
    holds: bool,
}

impl Steps {
    /// The steps of messages between the device and others; `calls` is whether the device began.
    pub(super) fn of(
        analysis: &Analysis,
        place: usize,
        messages: &[&Message],
        device: &Device,
        calls: bool,
    ) -> Self {
        let before = messages.first().map(|message| message.at).unwrap_or_default();
        let rang = |message: &&&Message| {
            device.is(message.from) && matches!(message.message.status(), Some(180 | 183))
        };
        let rings = messages.iter().any(|message| rang(&message));
        let answers = messages.iter().any(|message| {
            device.is(message.from)
                && matches!(message.message.status(), Some(200..300))
                && cseq_method(&message.message) == "INVITE"
        });
        let steps = Self { rings, ending: "without an answer".to_owned(), ..Self::default() };
        let mut writer = Writer {
            analysis,
            place,
            device,
            steps,
            before,
            status: None,
            is_up: false,
            holds: false,
        };
        if !calls && answers && !rings {
            writer.steps.preamble.push_str("  - dut: auto-answer on\n");
            writer.steps.postamble.push_str("  - dut: auto-answer off\n");
        }
        for message in messages {
            if device.is(message.from) {
                writer.received(message);
            } else {
                writer.sent(message);
            }
            writer.before = message.at;
        }
        writer.steps
    }
}

impl Writer<'_> {
    /// What the reference side sent.
    fn sent(&mut self, message: &Message) {
        let (sip, method) = (&message.message, cseq_method(&message.message));
        let status = sip.status();
        // What our ends do of themselves.
        let by_itself = match status {
            None => method == "ACK" && self.status.is_none_or(|status| status >= 300),
            Some(100) => true,
            Some(status) => method != "INVITE" && status == 200 && sip.body().is_empty(),
        };
        if by_itself {
            return;
        }
        self.pass_time(message.at);
        match status {
            None => self.line(&format!("alice -> dut: {method}")),
            Some(status) => {
                self.line(&format!("alice -> dut: {status} ({method})"));
                self.answered(status, &method, sip.reason().unwrap_or_default());
            }
        }
        self.keys(sip);
    }

    /// What the device sent.
    fn received(&mut self, message: &Message) {
        let (sip, method) = (&message.message, cseq_method(&message.message));
        let took = message.at.since(self.before);
        let Some(status) = sip.status() else {
            if method == "ACK" {
                // That of a failure is of the transaction, and may be lost.
                if self.status.is_some_and(|status| status < 300) {
                    self.line("dut -> alice: ACK");
                }
                return;
            }
            self.pass_time(message.at);
            self.made_to_send(sip, &method);
            self.line(&format!("dut -> alice: {method}"));
            let proposals = match method.as_str() {
                "INVITE" => vec!["RFC3261-8.1.1.8-1: contact.count == 1".to_owned()],
                _ => Vec::new(),
            };
            self.propose(None, &proposals);
            return;
        };
        if method == "INVITE" && status >= 200 {
            self.made_to_answer(status, message.at);
        }
        self.line(&format!("dut -> alice: {status} ({method})"));
        if status == 100 {
            self.key("optional: true");
            return;
        }
        let mut proposals = Vec::new();
        if method == "INVITE" && (200..300).contains(&status) {
            proposals.push("RFC3261-12.1.1-2: header.Contact exists".to_owned());
            if let Some(codec) =
                sip.sdp().and_then(|it| Some(it.audio()?.codecs().first()?.name.clone()))
            {
                proposals.push(format!("RFC3264-6.1-4: sdp.audio.codec == {codec}"));
            }
        }
        if method == "OPTIONS" {
            proposals.push("RFC3261-11.2-2: header.Allow exists".to_owned());
        }
        self.propose(Some(took), &proposals);
        self.answered(status, &method, sip.reason().unwrap_or_default());
    }

    fn answered(&mut self, status: u16, method: &str, reason: &str) {
        if method == "INVITE" && status >= 200 {
            self.status = Some(status);
            self.is_up |= status < 300;
            self.steps.ending = format!("answered with {status} {reason}");
        } else if self.status.is_none() && status >= 200 {
            self.steps.ending = format!("answered with {status} {reason}");
        }
    }

    /// What a hand did at the device before it answered a call.
    fn made_to_answer(&mut self, status: u16, at: Tick) {
        if self.is_up || !self.steps.rings {
            return;
        }
        match status {
            200..300 => {
                self.pass_time(at);
                self.guess("answer", "it rang, and then took the call");
            }
            486 | 600 | 603 => self.guess("reject", "it rang, and then refused"),
            _ => {}
        }
    }

    /// What a hand did at the device before it sent a request.
    fn made_to_send(&mut self, sip: &sip::Message, method: &str) {
        let direction = sip.sdp().and_then(|session| session.audio().map(|audio| audio.direction));
        match method {
            "INVITE" if !self.is_up => self.guess("dial ${alice.uri}", "it called"),
            "INVITE" if matches!(direction, Some(Direction::SendOnly | Direction::Inactive)) => {
                self.holds = true;
                self.guess("hold", "it offered to send only");
            }
            "INVITE" if self.holds => {
                self.holds = false;
                self.guess("resume", "it offered both directions again");
            }
            "BYE" | "CANCEL" => self.guess("hangup", "it ended the call"),
            _ => {
                let _ = writeln!(
                    self.steps.body,
                    "  # What made the device send this is not in the capture."
                );
            }
        }
    }

    fn guess(&mut self, verb: &str, why: &str) {
        let _ = writeln!(self.steps.body, "  - dut: {verb}   # guessed: {why}");
    }

    /// What happened since the last message: digits and sound, else nothing but time.
    fn pass_time(&mut self, now: Tick) {
        let from = self.before;
        let since = now.since(from);
        if since < NOTICED {
            return;
        }
        let is_between = |digit: &&Digit| from <= digit.at && digit.at <= now;
        let digits: Vec<&Digit> = self.analysis.digits.iter().filter(is_between).collect();
        let ours = |digit: &&&Digit| {
            digit.way != Way::Info && !self.device.is(digit.from) && self.is_ours(digit)
        };
        let sent: Vec<_> = digits.iter().filter(ours).collect();
        if let Some(first) = sent.first() {
            let name: String = sent.iter().map(|digit| digit.name.as_str()).collect();
            let lasts = first.duration.map_or(0.1, |it| it.value).max(0.04);
            let played = format!("digits {name}");
            // A `#` after a space begins a comment.
            let played = if name.starts_with('#') { quoted(&played) } else { played };
            self.line(&format!("alice ~> dut: {played}"));
            self.key(&format!("tone: {:.0} ms", lasts * 1e3));
            return;
        }
        let sounds = self.analysis.streams.iter().filter(|stream| {
            stream.dialog == Some(self.place) && stream.began < now && stream.ended > from
        });
        let (theirs, ours): (Vec<_>, Vec<_>) = sounds.partition(|stream| {
            self.device.host == stream.from.ip() && self.is_of_device(stream.from)
        });
        if self.is_up && !(theirs.is_empty() && ours.is_empty()) {
            let span = since.min(LONGEST_TALK);
            if span < since {
                let _ =
                    writeln!(self.steps.body, "  # {:.1} s in the capture", since.as_secs_f64());
            }
            let lasts = format!("for: {:.1} s", span.as_secs_f64());
            if !ours.is_empty() {
                self.line("alice ~> dut: talk at -20 dBm0");
                self.key(&lasts);
            }
            if !theirs.is_empty() {
                self.line("dut ~> alice: audio");
                self.key(&lasts);
            }
            return;
        }
        self.line(&format!("wait: {:.0} ms", since.as_secs_f64() * 1e3));
    }

    fn is_ours(&self, digit: &Digit) -> bool {
        let of =
            |stream: &&crate::analysis::Stream| (stream.from, stream.to) == (digit.from, digit.to);
        let stream = self.analysis.streams.iter().find(of);
        stream.is_some_and(|stream| stream.dialog == Some(self.place))
    }

    /// Whether media is the device's, where both ends may share an address: the ports of media are
    /// in session descriptions.
    fn is_of_device(&self, address: std::net::SocketAddr) -> bool {
        let Some(dialog) = self.analysis.dialogs.get(self.place) else { return false };
        let ours = dialog.messages.iter().filter(|message| !self.device.is(message.from));
        !ours.filter_map(|message| message.message.sdp()).any(|session| {
            let audio = session.audio().cloned();
            self.device.port.is_some() && audio.is_some_and(|audio| audio.port == address.port())
        })
    }

    /// What of a message is not what our end says of itself.
    fn keys(&mut self, sip: &sip::Message) {
        let mut names: Vec<&str> = Vec::new();
        let mut kept = Vec::new();
        for header in sip.headers() {
            let name = sip::long_name(&header.name);
            let is_made = MADE.iter().any(|made| made.eq_ignore_ascii_case(name));
            if is_made || names.contains(&name) {
                continue;
            }
            names.push(name);
            let value: Vec<&str> = sip.fields(name).map(|field| field.value.as_str()).collect();
            kept.push(format!("      {name}: {}", with_names(&self.named(&value.join(", ")))));
        }
        let described = sip.sdp();
        let content =
            sip.header("Content-Type").filter(|_| described.is_none() && !sip.body().is_empty());
        if let Some(content) = content {
            kept.push(format!("      Content-Type: {}", quoted(content)));
        }
        if !kept.is_empty() {
            self.key(&format!("header:\n{}", kept.join("\n")));
        }
        if content.is_some() {
            self.key(&format!("body: {}", body(&String::from_utf8_lossy(sip.body()))));
        }
        let is_offer = sip.method() == Some("INVITE");
        match described.as_ref().and_then(|session| session.audio()) {
            None if is_offer => self.key("sdp: none"),
            Some(audio) if audio.direction != Direction::SendRecv => {
                self.key(&format!("sdp: {{ direction: {} }}", audio.direction));
            }
            Some(_) | None => {}
        }
    }

    /// A value with names in the place of addresses.
    fn named(&self, value: &str) -> String {
        let dialog = self.analysis.dialogs.get(self.place);
        let mut value = value.replace("${", "$${");
        for address in dialog.map(super::Dialog::hosts).unwrap_or_default() {
            let role = if self.device.is(address) { "dut" } else { "alice" };
            value = value.replace(&address.to_string(), &format!("${{{role}.sip}}"));
        }
        for address in dialog.map(super::Dialog::hosts).unwrap_or_default() {
            let role = if self.device.is(address) { "dut" } else { "alice" };
            value = value.replace(&address.ip().to_string(), &format!("${{{role}.host}}"));
        }
        value
    }

    fn propose(&mut self, took: Option<Duration>, proposals: &[String]) {
        let text = &mut self.steps.body;
        if let Some(took) = took {
            let limit = (took.as_secs_f64() * 2.0).max(0.5);
            let _ = writeln!(
                text,
                "    # within: {limit:.1} s   # it took {:.0} ms",
                took.as_secs_f64() * 1e3
            );
        }
        if !proposals.is_empty() {
            let _ = writeln!(text, "    # check:");
        }
        for proposal in proposals {
            let _ = writeln!(text, "    #   - {proposal}");
        }
    }

    fn line(&mut self, step: &str) {
        let _ = writeln!(self.steps.body, "  - {step}");
    }

    fn key(&mut self, key: &str) {
        let _ = writeln!(self.steps.body, "    {key}");
    }
}

fn cseq_method(sip: &sip::Message) -> String {
    let by_cseq = || sip.cseq().map(|cseq| cseq.method);
    sip.method().map(str::to_owned).or_else(by_cseq).unwrap_or_default()
}

/// A pause that may matter.
const NOTICED: Duration = Duration::from_millis(250);
/// A talk is cut to this.
const LONGEST_TALK: Duration = Duration::from_secs(5);
/// Header fields that our ends make for themselves, and those that say who they are.
const MADE: [&str; 20] = [
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Max-Forwards",
    "Content-Length",
    "Content-Type",
    "Route",
    "Record-Route",
    "Authorization",
    "Proxy-Authorization",
    "User-Agent",
    "Server",
    "Date",
    "Timestamp",
    "Accept",
    "Allow",
    "RAck",
];
