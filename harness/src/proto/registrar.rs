//! The registrar that a device meets: RFC 3261 §10.3.

use crate::proto::auth::Space;
use crate::proto::auth::server::{Fault, Guard};
use crate::time::Tick;
use crate::wire::sip::{Message, NameAddr};
use std::time::Duration;

/// How a registrar judges.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Who may register.
    pub space: Space,
    /// The shortest expiry that it grants, in seconds.
    pub min_expires: u32,
    /// The longest expiry that it grants, in seconds.
    pub max_expires: u32,
    /// How it says in a 2xx what it granted.
    pub grant: Grant,
}

/// How a registrar says for how long it has bound a contact.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Grant {
    /// By the `expires` parameter of each contact: RFC 3261 §10.3.
    #[default]
    Parameter,
    /// Not at all; an Expires header field is the scenario's.
    Silent,
}

/// Where an address of record can be reached, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The address of record.
    pub aor: String,
    /// The contact as given, without `expires`.
    pub contact: NameAddr,
    /// When it lapses.
    pub until: Tick,
    call_id: String,
    cseq: u32,
}

/// What the registrar answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The header fields that it adds.
    pub headers: Vec<(&'static str, String)>,
    /// What is wrong with the credentials, if that is why.
    pub fault: Option<Fault>,
}

impl Reply {
    const fn bare(status: u16) -> Self {
        Self { status, headers: Vec::new(), fault: None }
    }
}

/// A registrar for one domain.
#[derive(Clone, Debug)]
pub struct Registrar {
    config: Config,
    guard: Guard,
    bindings: Vec<Binding>,
}

impl Registrar {
    /// A registrar without bindings.
    pub fn new(config: Config) -> Self {
        let guard = Guard::new(config.space.clone());
        Self { config, guard, bindings: Vec::new() }
    }

    /// Judges a REGISTER; `nonce` must be fresh.
    pub fn handle(&mut self, now: Tick, request: &Message, nonce: &str) -> Reply {
        self.bindings.retain(|binding| binding.until > now);
        let uri = request.request_uri().unwrap_or_default();
        //= RFC 3261 §10.3
        if let Err(fault) = self.guard.check("REGISTER", uri, &request.credentials()) {
            let headers = self.challenge(nonce, &fault);
            return Reply { status: 401, headers, fault: Some(fault) };
        }
        self.register(now, request).unwrap_or_else(|reply| reply)
    }

    /// The header fields of a response of `status` that somebody else has decided on; `nonce` must
    /// be fresh. A 2xx makes the bindings, whatever the credentials.
    pub fn fields(
        &mut self,
        now: Tick,
        status: u16,
        request: &Message,
        nonce: &str,
    ) -> Vec<(&'static str, String)> {
        match status {
            200..300 => {
                self.bindings.retain(|binding| binding.until > now);
                self.register(now, request).map(|reply| reply.headers).unwrap_or_default()
            }
            401 => {
                let uri = request.request_uri().unwrap_or_default();
                let judged = self.guard.check("REGISTER", uri, &request.credentials());
                self.challenge(nonce, &judged.err().unwrap_or(Fault::Missing))
            }
            423 => vec![("Min-Expires", self.config.min_expires.to_string())],
            _ => Vec::new(),
        }
    }

    /// The bindings that have not lapsed at the last [`handle`](Self::handle).
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    fn challenge(&mut self, nonce: &str, fault: &Fault) -> Vec<(&'static str, String)> {
        let challenges = self.guard.challenge(nonce, fault);
        challenges.iter().map(|asked| ("WWW-Authenticate", asked.to_string())).collect()
    }

    fn register(&mut self, now: Tick, request: &Message) -> Result<Reply, Reply> {
        let malformed = || Reply::bare(400);
        let aor = request.to().ok_or_else(malformed)?.uri;
        let aor = format!("{}@{}", aor.user.unwrap_or_default(), aor.host.to_ascii_lowercase());
        let call_id = request.call_id().ok_or_else(malformed)?.to_owned();
        let cseq = request.cseq().ok_or_else(malformed)?.number;
        let contacts = request.contacts();
        let is_late = |binding: &Binding| binding.call_id == call_id && binding.cseq >= cseq;
        if contacts.iter().any(NameAddr::is_wildcard) {
            //= RFC 3261 §10.2.2
            if contacts.len() > 1 || request.expires() != Some(0) {
                return Err(malformed());
            }
            if self.bindings.iter().any(|binding| binding.aor == aor && is_late(binding)) {
                return Err(Reply::bare(500));
            }
            self.bindings.retain(|binding| binding.aor != aor);
            return Ok(self.listing(now, &aor));
        }
        // All or nothing: a binding is made only when every contact is acceptable.
        let mut bindings = self.bindings.clone();
        for mut contact in contacts {
            let granted = self.grant(&contact, request)?;
            contact.params.remove("expires");
            let same = |binding: &Binding| {
                binding.aor == aor && binding.contact.uri.is_equivalent(&contact.uri)
            };
            if bindings.iter().any(|binding| same(binding) && is_late(binding)) {
                return Err(Reply::bare(500));
            }
            let place = bindings.iter().position(same).unwrap_or(bindings.len());
            bindings.retain(|binding| !same(binding));
            if granted > 0 {
                let until = now + Duration::from_secs(granted.into());
                let (aor, call_id) = (aor.clone(), call_id.clone());
                bindings.insert(place, Binding { aor, contact, until, call_id, cseq });
            }
        }
        self.bindings = bindings;
        Ok(self.listing(now, &aor))
    }

    /// The expiry granted to `contact`, in seconds.
    fn grant(&self, contact: &NameAddr, request: &Message) -> Result<u32, Reply> {
        let Config { min_expires, max_expires, .. } = self.config;
        //= RFC 3261 §10.3
        let wanted = contact.params.get("expires").and_then(|value| value.parse().ok());
        let wanted = wanted.or_else(|| request.expires()).unwrap_or(DEFAULT_EXPIRES);
        if wanted > 0 && wanted < min_expires {
            let headers = vec![("Min-Expires", min_expires.to_string())];
            return Err(Reply { headers, ..Reply::bare(423) });
        }
        Ok(wanted.min(max_expires))
    }

    fn listing(&self, now: Tick, aor: &str) -> Reply {
        let bound = self.bindings.iter().filter(|binding| binding.aor == aor);
        let headers = bound.map(|binding| {
            let mut contact = binding.contact.clone();
            let left = binding.until.since(now).as_secs();
            if self.config.grant == Grant::Parameter {
                contact.params.set("expires", Some(&left.to_string()));
            }
            ("Contact", contact.to_string())
        });
        Reply { headers: headers.collect(), ..Reply::bare(200) }
    }
}

/// What is granted, in seconds, if the device asks for nothing: RFC 3261 §10.2 leaves it to the
/// registrar.
const DEFAULT_EXPIRES: u32 = 3_600;

#[cfg(test)]
mod tests;
