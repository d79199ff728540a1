//! A dialog of a capture as a scenario that replays the reference side of it.
//!
//! What our ends make for themselves (Via, tags, Call-ID, `CSeq`, contacts, addresses) is left to them;
//! what else the reference side said is kept. What made the device act is not in a capture: it is
//! guessed from what it did, and each guess is said in a comment.

mod steps;
mod yaml;

use crate::analysis::{Analysis, Dialog, Message};
use crate::signal::Codec;
use crate::wire::sdp::Media;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use yaml::quoted;

/// Which end of a dialog is the device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// Its address, and its port where several ends share the address.
    pub host: IpAddr,
    /// The port, where that is needed to tell.
    pub port: Option<u16>,
    /// How that is known, as a sentence.
    pub why: String,
}

/// Why a dialog can't be made into a scenario.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The address takes no part in it.
    #[error("{0} takes no part in the dialog; these do: {1}")]
    Stranger(String, String),
    /// What began it is not a call, nor a request to the device.
    #[error(
        "it begins with {0} from the device; only calls, and requests to the device, can be replayed"
    )]
    NotACall(String),
    /// Nothing passes between the device and another.
    #[error("the capture has no request that begins it; start capturing before the call")]
    Headless,
}

impl Device {
    /// The end that the operator names: `192.0.2.7`, or with its port.
    ///
    /// # Errors
    ///
    /// It takes no part in the dialog.
    pub fn stated(dialog: &Dialog, host: IpAddr, port: Option<u16>) -> Result<Self, Refusal> {
        let device = Self { host, port, why: "as was stated".to_owned() };
        let hosts = dialog.hosts();
        if hosts.iter().any(|address| device.is(*address)) {
            return Ok(device);
        }
        let named =
            port.map_or_else(|| host.to_string(), |port| SocketAddr::new(host, port).to_string());
        let known: Vec<_> = hosts.iter().map(ToString::to_string).collect();
        Err(Refusal::Stranger(named, known.join(", ")))
    }

    /// The end that is likely the device: the one that is not a ringtrue, else the one that the first
    /// request goes to.
    ///
    /// # Errors
    ///
    /// The capture has no request.
    pub fn guessed(dialog: &Dialog) -> Result<Self, Refusal> {
        let of = |address: SocketAddr, why: &str| {
            let shared = dialog.hosts().iter().all(|host| host.ip() == address.ip());
            let port = shared.then_some(address.port());
            Self { host: address.ip(), port, why: why.to_owned() }
        };
        let ours = dialog.messages.iter().find(|message| {
            let product =
                ["User-Agent", "Server"].iter().find_map(|name| message.message.header(name));
            product.is_some_and(|product| product.starts_with("ringtrue"))
        });
        if let Some(ours) = ours {
            return Ok(of(ours.to, "guessed: the other end says that it is ringtrue"));
        }
        let first = dialog.messages.iter().find(|message| message.message.is_request());
        let first = first.ok_or(Refusal::Headless)?;
        Ok(of(first.to, "guessed: the first request goes to it; --device says otherwise"))
    }

    /// Whether an address is the device's.
    pub fn is(&self, address: SocketAddr) -> bool {
        address.ip() == self.host && self.port.is_none_or(|port| port == address.port())
    }
}

/// The scenario, as the text of a file.
///
/// # Errors
///
/// Why the dialog can't be made into one.
pub fn scenario(
    analysis: &Analysis,
    place: usize,
    dialog: &Dialog,
    device: &Device,
    id: &str,
) -> Result<String, Refusal> {
    let messages: Vec<&Message> = dialog
        .messages
        .iter()
        .filter(|message| message.repeats == 0 && device.is(message.from) != device.is(message.to))
        .collect();
    let first = messages.iter().find(|message| message.message.is_request());
    let first = *first.ok_or(Refusal::Headless)?;
    let method = first.message.method().unwrap_or_default().to_owned();
    let calls = device.is(first.from);
    if calls && method != "INVITE" {
        return Err(Refusal::NotACall(method));
    }
    let steps = steps::Steps::of(analysis, place, &messages, device, calls);
    let (requires, defect) = purpose(&method, calls, &steps);
    let outcome = steps.ending.trim_end().to_owned();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "# Recorded from dialog {} of a capture. The device is {} ({}).\n\
         # `requires` and `defect` are proposals: name the clause that the fault goes against, and a\n\
         # defect that makes the case fail; `ringtrue prove` tells whether it does. Checks are proposed\n\
         # as comments.\n",
        place + 1,
        device.host,
        device.why
    );
    let verb = if calls { "the device sends" } else { "the device is sent" };
    let _ = write!(
        text,
        "id: {id}\n\
         title: {}\n\
         purpose: >\n  Ensure that the device does as it should where {verb} {method}, as in the field.\n\
         requires: [{requires}]\n\
         when: {}\n\
         defect: {defect}\n",
        quoted(&format!("{method} as recorded, {outcome}")),
        if calls { "uac" } else { "uas" },
    );
    text += &roles(&messages, device);
    let _ = write!(text, "preamble:\n  - dut: idle\n{}", steps.preamble);
    let _ = write!(text, "body:\n{}", steps.body);
    let _ = write!(text, "postamble:\n  - dut: idle\n{}", steps.postamble);
    Ok(text)
}

/// Our end: who it was, and what it could.
fn roles(messages: &[&Message], device: &Device) -> String {
    let ours = || messages.iter().filter(|message| !device.is(message.from));
    let mut codecs: Vec<String> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    let described = ours().find_map(|message| message.message.sdp());
    let offered = described.as_ref().and_then(|session| session.audio()).map(Media::codecs);
    for codec in offered.unwrap_or_default() {
        let known = codec.name.parse::<Codec>().is_ok() || codec.is("telephone-event");
        let list = if known { &mut codecs } else { &mut unknown };
        if !list.iter().any(|name| codec.is(name)) {
            list.push(codec.name);
        }
    }
    let transport = ours().next().map_or("udp", |message| message.transport.name());
    let mut keys = Vec::new();
    if !codecs.is_empty() {
        keys.push(format!("codecs: [{}]", codecs.join(", ")));
    }
    if transport != "udp" {
        keys.push(format!("transport: {transport}"));
    }
    let mut text = String::new();
    if !unknown.is_empty() {
        let _ = writeln!(text, "# Offered too, and not among our codecs: {}", unknown.join(", "));
    }
    let _ = writeln!(text, "roles:\n  alice: {{{}}}", keys.join(", "));
    text
}

/// A requirement that such a dialog stands for, and a defect of the reference device.
fn purpose(method: &str, calls: bool, steps: &steps::Steps) -> (&'static str, &'static str) {
    match method {
        "INVITE" if calls => ("RFC3261-8.1.1.8-1", "button-dead"),
        "INVITE" if steps.rings => ("RFC3261-13.3.1.1-2", "no-ringing"),
        "INVITE" => ("RFC3261-8.2.6.2-1", "no-ringing"),
        "OPTIONS" => ("RFC3261-11.2-2", "options-without-allow"),
        _ => ("RFC3261-8.2.6.1-2", "no-ringing"),
    }
}
