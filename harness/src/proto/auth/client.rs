//! Answering a challenge.

use super::{Account, Algorithm, Proof, Protection, Session};
use crate::wire::sip::{AuthParams, Message};

/// What a server asks for, and how often it has been given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Challenge {
    /// The header field that carries the answer.
    field: &'static str,
    algorithm: Algorithm,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    qop: Qop,
    stale: bool,
    count: u32,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Qop {
    Auth,
    Absent,
}

impl Challenge {
    /// The first challenge in `response` that can be answered, in the server's order of preference.
    pub fn read(response: &Message) -> Option<Self> {
        let fields =
            [("WWW-Authenticate", "Authorization"), ("Proxy-Authenticate", "Proxy-Authorization")];
        fields.into_iter().find_map(|(asks, field)| {
            let mut asked = response.fields(asks);
            asked.find_map(|header| Self::take(&AuthParams::read(&header.value)?, field))
        })
    }

    fn take(asked: &AuthParams, field: &'static str) -> Option<Self> {
        let algorithm = match asked.get("algorithm") {
            Some(name) => name.parse().ok()?,
            None => Algorithm::Md5,
        };
        let qop = match asked.get("qop") {
            Some(offered) if offered.split(',').any(|qop| qop.trim() == "auth") => Qop::Auth,
            Some(_) => return None,
            None => Qop::Absent,
        };
        asked.is_digest().then_some(())?;
        Some(Self {
            field,
            algorithm,
            realm: asked.get("realm")?,
            nonce: asked.get("nonce")?,
            opaque: asked.get("opaque"),
            qop,
            //= RFC 7616 §3.3
            stale: asked.get("stale").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            count: 0,
        })
    }

    /// Whether the server says that only the nonce of our last answer was too old.
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether `other` asks for the same protection space in the same header field.
    pub fn is_of_the_realm_of(&self, other: &Self) -> bool {
        self.field == other.field && self.realm == other.realm
    }

    /// The name and value of the header field that proves `account` for `method` and `uri`.
    ///
    /// Counts up the nonce count on each call. `cnonce` must be fresh.
    pub fn answer(
        &mut self,
        account: &Account,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> (&'static str, String) {
        self.count += 1;
        let nc = format!("{:08x}", self.count);
        let proof = Proof {
            algorithm: self.algorithm,
            realm: &self.realm,
            nonce: &self.nonce,
            method,
            uri,
            session: Session::Plain,
            qop: (self.qop == Qop::Auth).then_some(Protection { nc: &nc, cnonce, body: None }),
        };
        let mut credentials = AuthParams::new("Digest")
            .quoted("username", &account.user)
            .quoted("realm", &self.realm)
            .quoted("nonce", &self.nonce)
            .quoted("uri", uri)
            .quoted("response", &proof.response(account))
            .token("algorithm", self.algorithm.name());
        if self.qop == Qop::Auth {
            credentials =
                credentials.quoted("cnonce", cnonce).token("qop", "auth").token("nc", &nc);
        }
        if let Some(opaque) = &self.opaque {
            credentials = credentials.quoted("opaque", opaque);
        }
        (self.field, credentials.to_string())
    }
}
