//! The console's commands.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::clock::Clock;
use super::{Device, Life, Relay, ResetCause};
use crate::audio::{Codec, Tone};
use crate::call::{Call, Phase};
use crate::defects::Defect;
use crate::digest::Visitors;
use crate::dtmf;
use crate::registration::{Registration, Wish};
use crate::sdes::Policy;
use crate::sdp::Direction;
use crate::settings::{Account, DigitsBy, ReportPort, on_off};
use crate::sip::{Uri, read_stamp};
use crate::srtp::Suite;
use crate::transport::Transport;

/// What a command has to say beyond `ok`, or why it cannot be done.
type Reply = Result<Vec<String>, String>;

impl Device {
    /// Does what a line asks, with the reply before whatever that makes the log say.
    pub(super) fn handle_line(&mut self, now: Duration, line: &str) {
        if line.is_empty() {
            self.print("");
            self.prompt();
            return;
        }
        let before = std::mem::take(&mut self.outputs);
        let prompted = std::mem::take(&mut self.prompted);
        let reply = self.command(now, line);
        let caused = std::mem::replace(&mut self.outputs, before);
        self.prompted = prompted;
        match reply {
            Ok(lines) => {
                self.print("ok");
                for line in &lines {
                    self.print(line);
                }
            }
            Err(reason) => self.print(&format!("error: {reason}")),
        }
        self.outputs.extend(caused);
        if self.life == Life::Running {
            self.prompt();
        }
    }

    fn command(&mut self, now: Duration, line: &str) -> Reply {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["help"] => Ok(HELP.lines().map(str::to_owned).collect()),
            ["version"] => Ok(vec![format!("intercom {}", env!("CARGO_PKG_VERSION"))]),
            ["status"] => Ok(self.status(now)),
            ["dial", uri] => self.dial(now, uri).map(|()| Vec::new()),
            ["query", uri] => self.query(now, uri).map(|()| Vec::new()),
            ["press"] => self.press(now),
            ["answer"] => self.on_call("no call to answer", is_ringing, |d, c| d.accept(now, c)),
            ["reject"] => self.on_call("no call to reject", is_ringing, |d, c| d.hang_up(now, c)),
            ["hangup"] => self.on_call("no call", Call::is_live, |d, c| d.hang_up(now, c)),
            ["hold"] => self.on_call("no call to hold", is_up, |d, c| {
                d.change(now, c, Direction::SendOnly);
            }),
            ["resume"] => self.on_call("no call to resume", is_up, |d, c| {
                d.change(now, c, Direction::SendRecv);
            }),
            ["digits", digits] => self.send_digits(now, digits),
            ["relay", "open"] => {
                self.move_relay(now, Relay::Open { until: None });
                done()
            }
            ["relay", "close"] => {
                self.move_relay(now, Relay::Closed);
                done()
            }
            ["account", "none"] => {
                self.settings.account = None;
                self.register_account(now);
                done()
            }
            ["account", rest @ ..] => {
                self.settings.account = Some(self.account(rest)?);
                self.register_account(now);
                done()
            }
            ["reboot"] => {
                self.log(now, "boot: restarting");
                self.reset(ResetCause::Command);
                done()
            }
            ["hang"] => {
                self.life = Life::Hung { bite: now + WATCHDOG };
                done()
            }
            _ => self.setting(now, line, &words),
        }
    }

    fn setting(&mut self, now: Duration, line: &str, words: &[&str]) -> Reply {
        if let Some(reply) = self.trust(now, words) {
            return reply;
        }
        match words {
            ["loopback", switch] => {
                self.settings.loopback = is_on(switch)?;
                self.set_modes();
                let on = on_off(self.settings.loopback);
                self.log(now, &format!("audio: loopback {on}"));
                done()
            }
            ["tone", "off"] => {
                self.tone = None;
                self.set_modes();
                self.log(now, "audio: tone off");
                done()
            }
            ["tone", hertz, dbm0] => {
                let tone = tone(hertz, dbm0)?;
                self.tone = Some(tone);
                self.set_modes();
                self.log(now, &format!("audio: tone {} Hz {} dBm0", tone.hertz, tone.dbm0));
                done()
            }
            ["button-uri", uri] => {
                Uri::parse(uri).ok_or("not a SIP URI")?;
                self.settings.button_uri = Some((*uri).to_owned());
                done()
            }
            [
                name @ ("auto-answer" | "100rel" | "early-media" | "rtcp-mux" | "srtp-needs-tls"),
                switch,
            ] => {
                self.turn(name, is_on(switch)?);
                done()
            }
            ["codecs", names] => {
                let codecs = names.split(',').map(|name| {
                    Codec::from_name(name).ok_or_else(|| format!("no codec is named {name}"))
                });
                self.settings.codecs = codecs.collect::<Result<_, _>>()?;
                done()
            }
            ["digits-by", word] => {
                let by = DigitsBy::of_word(word);
                self.settings.digits_by = by.ok_or("say rtp, info, info-dtmf or inband")?;
                done()
            }
            ["ring-timeout", value] => seconds(value, &mut self.settings.ring_timeout),
            ["no-answer-timeout", value] => seconds(value, &mut self.settings.no_answer_timeout),
            ["srtp", policy] => {
                let policy = Policy::from_name(policy);
                self.settings.srtp = policy.ok_or("say off, accept, best-effort or sdes")?;
                done()
            }
            ["srtp-suites", names] => {
                let suites = names.split(',').map(|name| {
                    Suite::from_name(name).ok_or_else(|| format!("no suite is named {name}"))
                });
                self.settings.srtp_suites = suites.collect::<Result<_, _>>()?;
                done()
            }
            ["relay-time", value] => seconds(value, &mut self.settings.relay_time),
            ["slow", value] => {
                self.settings.slow = value.parse().map_err(|_| "not a number of milliseconds")?;
                done()
            }
            [name, ..] if HELP.lines().any(|usage| usage.split(' ').next() == Some(name)) => {
                Err(format!("wrong arguments: {line}, try help"))
            }
            _ => Err(format!("unknown command: {line}, try help")),
        }
    }

    /// Whom it serves and trusts, and what time it is; nothing if the words say something else.
    fn trust(&mut self, now: Duration, words: &[&str]) -> Option<Reply> {
        Some(match words {
            ["challenge", "off", ..] => {
                self.settings.visitors = None;
                done()
            }
            ["challenge", rest @ ..] => {
                let visitors = Visitors::from_words(rest);
                visitors
                    .map(|visitors| self.settings.visitors = Some(visitors))
                    .and_then(|()| done())
            }
            ["callee", user] => {
                self.settings.callee = (*user != "any").then(|| (*user).to_owned());
                done()
            }
            ["preference", q] => {
                let preference = preference(q);
                preference.map(|q| self.settings.preference = q).and_then(|()| done())
            }
            ["clock", "unset"] => {
                self.clock = Clock::default();
                done()
            }
            ["clock", "board"] => {
                let since = now.saturating_sub(self.booted).as_secs();
                self.clock = Clock::of_board(now, self.config.unix.map(|unix| unix + since));
                done()
            }
            ["clock", text] => {
                let how = "say clock YYYY-MM-DDTHH:MM:SSZ, unset or board";
                let unix = read_stamp(text).ok_or_else(|| how.to_owned());
                unix.map(|unix| self.clock.set(now, unix)).and_then(|()| done())
            }
            ["tls-clients", who] => {
                self.settings.tls_clients_known = match *who {
                    "any" => false,
                    "known" => true,
                    _ => return Some(Err("say any or known".to_owned())),
                };
                done()
            }
            _ => return None,
        })
    }

    fn turn(&mut self, name: &str, on: bool) {
        match name {
            "auto-answer" => self.settings.auto_answer = on,
            "100rel" => self.settings.reliable = on,
            "early-media" => self.settings.early_media = on,
            "rtcp-mux" => self.settings.reports = ReportPort::of(on),
            _ => self.settings.srtp_needs_tls = on,
        }
    }

    fn status(&self, now: Duration) -> Vec<String> {
        let live = self.calls.iter().find(|call| call.is_live());
        let bound = |r: &&Registration| r.wish == Wish::Bound;
        let account = match (&self.settings.account, self.registrations.iter().find(bound)) {
            (Some(account), Some(registration)) => {
                format!("{} {}", account.aor, registration.status())
            }
            (Some(account), None) => format!("{} unregistered", account.aor),
            (None, _) => "none".to_owned(),
        };
        let codecs: Vec<_> = self.settings.codecs.iter().map(|codec| codec.label()).collect();
        let suites: Vec<_> = self.settings.srtp_suites.iter().map(|suite| suite.name()).collect();
        let visitors = self.settings.visitors.as_ref().map(Visitors::algorithms);
        let open = matches!(self.relay, Relay::Open { .. });
        vec![
            format!("version: {}", env!("CARGO_PKG_VERSION")),
            format!("board: {}", self.config.board),
            format!("reset cause: {}", self.cause().name()),
            format!("uptime: {:.3} s", now.saturating_sub(self.booted).as_secs_f64()),
            format!("sip: {}", self.config.sip),
            format!("sip-tcp: {}", or_none(self.config.sip_tcp)),
            format!("sip-tls: {}", or_none(self.config.sip_tls)),
            format!("rtp: {}", self.config.rtp),
            format!("clock: {}", self.clock.text(now)),
            format!("account: {account}"),
            format!("button-uri: {}", self.settings.button_uri.as_deref().unwrap_or("none")),
            format!("auto-answer: {}", on_off(self.settings.auto_answer)),
            format!("loopback: {}", on_off(self.settings.loopback)),
            format!("codecs: {}", codecs.join(",")),
            format!("ring-timeout: {} s", self.settings.ring_timeout),
            format!("no-answer-timeout: {} s", self.settings.no_answer_timeout),
            format!("relay-time: {} s", self.settings.relay_time),
            format!("rtcp-mux: {}", on_off(self.settings.reports == ReportPort::Shared)),
            format!("srtp: {}", self.settings.srtp.name()),
            format!("srtp-suites: {}", suites.join(",")),
            format!("srtp-needs-tls: {}", on_off(self.settings.srtp_needs_tls)),
            format!("challenge: {}", visitors.unwrap_or_else(|| "off".to_owned())),
            format!("callee: {}", self.settings.callee.as_deref().unwrap_or("any")),
            format!("preference: {}", self.settings.preference.as_deref().unwrap_or("none")),
            format!(
                "tls-clients: {}",
                if self.settings.tls_clients_known { "known" } else { "any" }
            ),
            format!("digits-by: {}", self.settings.digits_by.word()),
            format!("100rel: {}", on_off(self.settings.reliable)),
            format!("early-media: {}", on_off(self.settings.early_media)),
            format!("relay: {}", if open { "open" } else { "closed" }),
            format!("call: {}", live.map_or("none", |call| call.peer_uri.as_str())),
            format!("status: {}", live.map_or("idle", Call::status)),
        ]
    }

    fn press(&mut self, now: Duration) -> Reply {
        self.log(now, "button: pressed");
        if self.defects.has(Defect::BUTTON_DEAD) {
            return done();
        }
        let uri = self.settings.button_uri.clone().ok_or("no button-uri is set")?;
        self.dial(now, &uri).map(|()| Vec::new())
    }

    fn send_digits(&mut self, now: Duration, digits: &str) -> Reply {
        let events: Option<Vec<_>> = digits.chars().map(dtmf::event).collect();
        let events = events.ok_or("digits are 0-9, A-D, * and #")?;
        let by = self.settings.digits_by;
        if let Some(kind) = by.kind() {
            let digits = events.into_iter().filter_map(dtmf::digit).collect();
            return self.on_call("no call", is_up, |d, c| d.send_infos(now, c, kind, digits));
        }
        let mut media = self.calls.iter_mut().filter_map(|call| call.media.as_mut());
        let media = media.next().ok_or("no call")?;
        if by == DigitsBy::Inband {
            media.dial_tones(events.into_iter());
            done()
        } else if media.send_digits(events.into_iter()) {
            done()
        } else {
            Err("no telephone-event in this call".to_owned())
        }
    }

    fn account(&self, words: &[&str]) -> Result<Account, String> {
        let (aor, user, password, expires, registrar) = match words {
            [aor, user, password, expires] => (aor, user, password, expires, None),
            [aor, user, password, expires, registrar] => {
                (aor, user, password, expires, Some(registrar))
            }
            _ => {
                let how = "say account URI USER PASSWORD EXPIRES [REGISTRAR:PORT[;transport=…]]";
                return Err(how.to_owned());
            }
        };
        let uri = Uri::parse(aor).filter(|uri| matches!(uri.scheme.as_str(), "sip" | "sips"));
        let uri = uri.ok_or("not a SIP URI")?;
        let mut transport = self.transport_of(&uri)?;
        let registrar = match registrar {
            Some(text) => {
                let host = text.parse().map(|ip: Ipv6Addr| format!("[{ip}]"));
                let own = host.as_deref().unwrap_or(text);
                let at = Uri::parse(&format!("sip:{own}")).ok_or("not an address")?;
                if at.params.get("transport").is_some() {
                    transport = self.transport_of(&at)?;
                }
                let port = at.port.unwrap_or(transport.default_port());
                at.hop().map(|hop| SocketAddr::new(hop.address.ip(), port))
            }
            None => uri.hop().map(|hop| hop.address),
        };
        Ok(Account {
            aor: (*aor).to_owned(),
            user: (*user).to_owned(),
            password: (*password).to_owned(),
            expires: expires.parse().map_err(|_| "expires is a number of seconds")?,
            registrar: registrar.ok_or("cannot resolve the registrar: give its address")?,
            stream: match transport {
                Transport::Udp => None,
                Transport::Stream(stream) => Some(stream),
            },
        })
    }

    fn on_call(
        &mut self,
        none: &str,
        is: impl Fn(&Call) -> bool,
        act: impl FnOnce(&mut Self, &mut Call),
    ) -> Reply {
        if self.with_call(is, act) { done() } else { Err(none.to_owned()) }
    }

    fn set_modes(&mut self) {
        let mode = self.mode();
        for media in self.calls.iter_mut().filter_map(|call| call.media.as_mut()) {
            media.set_mode(mode);
        }
    }
}

fn is_up(call: &Call) -> bool {
    call.phase == Phase::InCall
}

const fn is_ringing(call: &Call) -> bool {
    matches!(call.phase, Phase::Offered { .. } | Phase::Ringing { .. })
}

#[expect(clippy::unnecessary_wraps, reason = "it is a command's reply")]
const fn done() -> Reply {
    Ok(Vec::new())
}

fn is_on(switch: &str) -> Result<bool, String> {
    match switch {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("say on or off".to_owned()),
    }
}

fn seconds(text: &str, into: &mut u64) -> Reply {
    let value = text.parse().ok().filter(|value| (1..=86_400).contains(value));
    *into = value.ok_or("seconds are 1 to 86400")?;
    done()
}

/// A `q`: 0 to 1 with at most three digits after the point.
fn preference(text: &str) -> Result<Option<String>, String> {
    if text == "none" {
        return Ok(None);
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|digit| digit.is_ascii_digit());
    let within = whole == "0" || whole == "1" && part.bytes().all(|digit| digit == b'0');
    (digits && within)
        .then(|| Some(text.to_owned()))
        .ok_or_else(|| "say none, or 0 to 1".to_owned())
}

fn tone(hertz: &str, dbm0: &str) -> Result<Tone, String> {
    let hertz = hertz.parse().ok().filter(|hertz| (1.0..4000.0).contains(hertz));
    let dbm0 = dbm0.parse().ok().filter(|dbm0| (-90.0..=3.0).contains(dbm0));
    let (hertz, dbm0) = (hertz.ok_or("hertz are 1 to 4000")?, dbm0.ok_or("dBm0 are -90 to 3")?);
    Ok(Tone { hertz, dbm0 })
}

fn or_none(address: Option<SocketAddr>) -> String {
    address.map_or_else(|| "none".to_owned(), |address| address.to_string())
}

/// A stalled main loop is reset after this long.
const WATCHDOG: Duration = Duration::from_secs(5);

const HELP: &str = "\
help
status
version
dial URI
query URI
press
answer
reject
hangup
hold
resume
digits DIGITS
digits-by rtp|info|info-dtmf|inband
relay open|close
loopback on|off
tone HZ DBM0 | tone off
account URI USER PASSWORD EXPIRES [REGISTRAR:PORT] | account none
button-uri URI
auto-answer on|off
codecs PCMU,PCMA
ring-timeout SECONDS
no-answer-timeout SECONDS
relay-time SECONDS
slow MILLISECONDS
challenge ALGORITHM,ALGORITHM USER PASSWORD | challenge off
callee USER|any
preference Q|none
clock YYYY-MM-DDTHH:MM:SSZ|unset|board
tls-clients any|known
rtcp-mux on|off
srtp off|accept|best-effort|sdes
srtp-suites SUITE,SUITE
srtp-needs-tls on|off
100rel on|off
early-media on|off
reboot
hang";
