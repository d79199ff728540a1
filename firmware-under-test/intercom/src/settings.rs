//! What the device remembers through a reset.

use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::audio::Codec;
use crate::digest::Visitors;
use crate::sdes::Policy;
use crate::srtp::Suite;
use crate::transport::{Hop, Stream, Transport};

/// The contents of the settings memory. The default is a device fresh from the factory.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the console")]
pub struct Settings {
    /// Where and as whom to register, if anywhere.
    pub account: Option<Account>,
    /// What the button dials, if anything.
    pub button_uri: Option<String>,
    /// Whether incoming calls are answered without being asked.
    pub auto_answer: bool,
    /// Whether the speaker's signal goes back to the microphone.
    pub loopback: bool,
    /// Codecs that it offers, preferred first; see [`accepted`](Self::accepted).
    pub codecs: Vec<Codec>,
    /// How long it rings before it gives a caller 480, in seconds.
    pub ring_timeout: u64,
    /// How long it calls before it gives up, in seconds.
    pub no_answer_timeout: u64,
    /// How long the door stays open after the right digit, in seconds.
    pub relay_time: u64,
    /// How much later than it could it takes datagrams of SIP and plays what it hears, in milliseconds:
    /// what a slower processor makes of it.
    pub slow: u64,
    /// Where it offers to take reports. Where others offer one port for both, it agrees.
    pub reports: ReportPort,
    /// When media is secure.
    pub srtp: Policy,
    /// Suites of secure media that it offers and accepts, preferred first.
    pub srtp_suites: Vec<Suite>,
    /// Whether keys may travel in a description only over TLS.
    pub srtp_needs_tls: bool,
    /// Who has to prove who he is before the device serves him; absent: nobody.
    pub visitors: Option<Visitors>,
    /// The only user that it takes requests for; absent: any.
    pub callee: Option<String>,
    /// The `q` of its binding, as written; absent: none.
    pub preference: Option<String>,
    /// Whether those who connect over TLS have to show a certificate.
    pub tls_clients_known: bool,
    /// How it sends digits.
    pub digits_by: DigitsBy,
    /// Whether provisional responses may be reliable (RFC 3262).
    pub reliable: bool,
    /// Whether it answers offers, and sends audio, before it is answered, to who has provisional
    /// responses reliably.
    pub early_media: bool,
    /// How often it has booted; keeps Call-IDs and tags apart from those of earlier boots.
    pub boots: u64,
}

/// Where reports are taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ReportPort {
    /// At a port of their own.
    #[default]
    Own,
    /// At the port of media.
    Shared,
}

/// How digits are sent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DigitsBy {
    /// As telephone events.
    #[default]
    Rtp,
    /// In INFO requests with an `application/dtmf-relay` body.
    Info,
    /// In INFO requests with an `application/dtmf` body.
    InfoDtmf,
    /// As tones.
    Inband,
}

impl ReportPort {
    pub(crate) const fn of(shared: bool) -> Self {
        if shared { Self::Shared } else { Self::Own }
    }
}

impl DigitsBy {
    /// The word of it on the console.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rtp => "rtp",
            Self::Info => "info",
            Self::InfoDtmf => "info-dtmf",
            Self::Inband => "inband",
        }
    }

    /// The way of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Rtp, Self::Info, Self::InfoDtmf, Self::Inband]
            .into_iter()
            .find(|by| by.word() == word)
    }
}

/// An account at a registrar.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Address of record, a SIP URI.
    pub aor: String,
    /// User name for digest authentication.
    pub user: String,
    /// Password for digest authentication.
    pub password: String,
    /// Expiry to ask for, in seconds.
    pub expires: u32,
    /// Where to send REGISTER.
    pub registrar: SocketAddr,
    /// What carries it there; absent: datagrams.
    pub stream: Option<Stream>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: None,
            button_uri: None,
            auto_answer: false,
            loopback: false,
            codecs: vec![Codec::Pcmu, Codec::Pcma],
            ring_timeout: 60,
            no_answer_timeout: 30,
            relay_time: 3,
            slow: 0,
            reports: ReportPort::Own,
            srtp: Policy::Accept,
            srtp_suites: Suite::ALL.to_vec(),
            srtp_needs_tls: false,
            visitors: None,
            callee: None,
            preference: None,
            tls_clients_known: false,
            digits_by: DigitsBy::Rtp,
            reliable: true,
            early_media: false,
            boots: 0,
        }
    }
}

impl Settings {
    /// The codecs that it takes where others offer them: all that it knows, its own first, unless it
    /// was told which to speak.
    pub fn accepted(&self) -> Vec<Codec> {
        let mut accepted = self.codecs.clone();
        if accepted == Self::default().codecs {
            accepted.extend(Codec::ALL.into_iter().filter(|codec| !self.codecs.contains(codec)));
        }
        accepted
    }

    /// The settings as lines of `key value`, which [`from_text`](Self::from_text) reads.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{key} {value}");
        };
        if let Some(Account { aor, user, password, expires, registrar, stream }) = &self.account {
            let over = stream.map_or("", Stream::parameter);
            line("account", format!("{aor} {user} {password} {expires} {registrar}{over}"));
        }
        if let Some(uri) = &self.button_uri {
            line("button-uri", uri.clone());
        }
        line("auto-answer", on_off(self.auto_answer).to_owned());
        line("loopback", on_off(self.loopback).to_owned());
        line("codecs", self.codecs.iter().map(|c| c.label()).collect::<Vec<_>>().join(","));
        line("ring-timeout", self.ring_timeout.to_string());
        line("no-answer-timeout", self.no_answer_timeout.to_string());
        line("relay-time", self.relay_time.to_string());
        line("slow", self.slow.to_string());
        line("rtcp-mux", on_off(self.reports == ReportPort::Shared).to_owned());
        line("srtp", self.srtp.name().to_owned());
        line(
            "srtp-suites",
            self.srtp_suites.iter().map(|s| s.name()).collect::<Vec<_>>().join(","),
        );
        line("srtp-needs-tls", on_off(self.srtp_needs_tls).to_owned());
        let kept = [
            ("challenge", self.visitors.as_ref().map(Visitors::to_string)),
            ("callee", self.callee.clone()),
            ("preference", self.preference.clone()),
        ];
        for (key, value) in kept {
            if let Some(value) = value {
                line(key, value);
            }
        }
        line("tls-clients-known", on_off(self.tls_clients_known).to_owned());
        line("digits-by", self.digits_by.word().to_owned());
        line("100rel", on_off(self.reliable).to_owned());
        line("early-media", on_off(self.early_media).to_owned());
        line("boots", self.boots.to_string());
        text
    }

    /// Reads lines of `key value`; a line that cannot be read leaves its default in place, as a
    /// worn memory cell would.
    pub fn from_text(text: &str) -> Self {
        let mut settings = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.trim().split_once(' ') else { continue };
            settings.set(key, value.trim());
        }
        settings
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "account" => self.account = Account::from_words(value),
            "button-uri" => self.button_uri = Some(value.to_owned()),
            "auto-answer" => self.auto_answer = value == "on",
            "loopback" => self.loopback = value == "on",
            "codecs" => {
                let codecs: Vec<_> = value.split(',').filter_map(Codec::from_name).collect();
                if !codecs.is_empty() {
                    self.codecs = codecs;
                }
            }
            "ring-timeout" => read(value, &mut self.ring_timeout),
            "no-answer-timeout" => read(value, &mut self.no_answer_timeout),
            "relay-time" => read(value, &mut self.relay_time),
            "slow" => read(value, &mut self.slow),
            "rtcp-mux" => self.reports = ReportPort::of(value == "on"),
            "srtp" => self.srtp = Policy::from_name(value).unwrap_or(self.srtp),
            "srtp-suites" => {
                let suites: Vec<_> = value.split(',').filter_map(Suite::from_name).collect();
                if !suites.is_empty() {
                    self.srtp_suites = suites;
                }
            }
            "srtp-needs-tls" => self.srtp_needs_tls = value == "on",
            "challenge" => {
                let words: Vec<_> = value.split_whitespace().collect();
                self.visitors = Visitors::from_words(&words).ok();
            }
            "callee" => self.callee = Some(value.to_owned()),
            "preference" => self.preference = Some(value.to_owned()),
            "tls-clients-known" => self.tls_clients_known = value == "on",
            "digits-by" => self.digits_by = DigitsBy::of_word(value).unwrap_or_default(),
            "100rel" => self.reliable = value == "on",
            "early-media" => self.early_media = value == "on",
            "boots" => read(value, &mut self.boots),
            _ => {}
        }
    }
}

impl Account {
    /// The way to the registrar.
    pub(crate) fn hop(&self) -> Hop {
        Hop::to(self.stream.map_or(Transport::Udp, Transport::Stream), self.registrar)
    }

    fn from_words(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let [aor, user, password, expires, registrar] = std::array::from_fn(|_| words.next());
        let registrar = registrar?;
        let stream = [Stream::Tcp, Stream::Tls];
        let stream = stream.into_iter().find(|stream| registrar.ends_with(stream.parameter()));
        let address = registrar.split(';').next()?;
        Some(Self {
            aor: aor?,
            user: user?,
            password: password?,
            expires: expires?.parse().ok()?,
            registrar: address.parse().ok()?,
            stream,
        })
    }
}

/// `on` or `off`.
pub(crate) const fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn read(text: &str, into: &mut u64) {
    if let Ok(value) = text.parse() {
        *into = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let settings = Settings {
            account: Some(Account {
                aor: "sip:door@example.com".into(),
                user: "door".into(),
                password: "s3cret".into(),
                expires: 60,
                registrar: "[2001:db8::1]:5060".parse().unwrap(),
                stream: Some(Stream::Tls),
            }),
            button_uri: Some("sip:desk@192.0.2.1".into()),
            auto_answer: true,
            loopback: true,
            codecs: vec![Codec::Pcma],
            ring_timeout: 7,
            no_answer_timeout: 8,
            relay_time: 9,
            slow: 3,
            reports: ReportPort::Shared,
            srtp: Policy::Sdes,
            srtp_suites: vec![Suite::Gcm128],
            srtp_needs_tls: true,
            visitors: Some(Visitors::from_words(&["SHA-256,MD5", "alice", "s3cret"]).unwrap()),
            callee: Some("door".into()),
            preference: Some("0.5".into()),
            tls_clients_known: true,
            digits_by: DigitsBy::InfoDtmf,
            reliable: false,
            early_media: true,
            boots: 10,
        };
        assert_eq!(Settings::from_text(&settings.to_text()), settings);
    }

    #[test]
    fn damage_leaves_defaults() {
        let damaged = "codecs x\nring-timeout y\nnonsense\naccount a b\n";
        assert_eq!(Settings::from_text(damaged), Settings::default());
    }
}
