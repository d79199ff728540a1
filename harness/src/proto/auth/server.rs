//! Challenging, and judging what comes back.

use super::{Algorithm, Proof, Protection, Session, Space};
use crate::wire::sip::AuthParams;
use crate::wire::uri::Uri;

/// Why credentials do not authenticate a request.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The request has none.
    #[error("there are no Digest credentials")]
    Missing,
    /// A parameter that must be there is not.
    #[error("the credentials have no `{0}`")]
    Lacks(&'static str),
    /// They are for another protection space.
    #[error("the realm is `{0}`")]
    Realm(String),
    /// They are for somebody else.
    #[error("the user name is `{0}`")]
    User(String),
    /// The algorithm is none that was offered.
    #[error("the algorithm `{0}` was not offered")]
    Algorithm(String),
    /// The `qop` was not offered.
    #[error("the qop `{0}` was not offered")]
    Qop(String),
    /// The nonce is none of ours.
    #[error("the nonce is unknown")]
    UnknownNonce,
    /// The `opaque` is not the one that came with the nonce.
    #[error("the opaque is not returned unchanged")]
    Opaque,
    /// The nonce count is not eight hexadecimal digits.
    #[error("the nc `{0}` is not eight hexadecimal digits")]
    Count(String),
    /// The nonce count has been used, or is lower than one that has.
    #[error("the nc {0:08x} is not above the last, {1:08x}")]
    CountReused(u32, u32),
    /// The `uri` is not the Request-URI.
    #[error("the uri is `{0}`")]
    Uri(String),
    /// The response is not what the password gives.
    #[error("the response is wrong: the password is, or the computation")]
    Response,
}

impl Fault {
    /// Whether a fresh nonce alone mends it, so that nobody has to be asked for the password.
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::UnknownNonce | Self::CountReused(..))
    }
}

/// The server's side of one protection space.
#[derive(Clone, Debug)]
pub struct Guard {
    space: Space,
    issued: Vec<Issued>,
}

/// A nonce that has been issued.
#[derive(Clone, Debug)]
struct Issued {
    nonce: String,
    /// The highest nonce count used with it.
    count: u32,
}

impl Guard {
    /// Guards `space`. Where it offers no algorithm, all may pass.
    pub const fn new(space: Space) -> Self {
        Self { space, issued: Vec::new() }
    }

    /// The challenges for one response, most wanted first, all with `nonce`, which must be fresh.
    ///
    /// `why` is what was wrong with the credentials that came.
    pub fn challenge(&mut self, nonce: &str, why: &Fault) -> Vec<AuthParams> {
        self.issued.push(Issued { nonce: nonce.to_owned(), count: 0 });
        //= RFC 8760 §2.4
        let one = |&algorithm: &Algorithm| {
            let challenge = AuthParams::new("Digest")
                .quoted("realm", &self.space.realm)
                .quoted("nonce", nonce)
                .quoted("opaque", &opaque(nonce))
                .token("algorithm", algorithm.name())
                .quoted("qop", "auth");
            //= RFC 7616 §3.3
            if why.is_stale() { challenge.token("stale", "true") } else { challenge }
        };
        self.space.algorithms.iter().map(one).collect()
    }

    /// Judges `credentials` for a request of `method` to `request_uri`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong; the device is at fault.
    pub fn check(
        &mut self,
        method: &str,
        request_uri: &str,
        credentials: &[AuthParams],
    ) -> Result<(), Fault> {
        if self.space.algorithms.is_empty() {
            return Ok(());
        }
        let digests = || credentials.iter().filter(|given| given.is_digest());
        let given = digests()
            .find(|given| given.get("realm").as_deref() == Some(&self.space.realm))
            .or_else(|| digests().next())
            .ok_or(Fault::Missing)?;
        let need = |name: &'static str| given.get(name).ok_or(Fault::Lacks(name));
        let (user, realm, nonce) = (need("username")?, need("realm")?, need("nonce")?);
        let (uri, response) = (need("uri")?, need("response")?);
        if realm != self.space.realm {
            return Err(Fault::Realm(realm));
        }
        if user != self.space.account.user {
            return Err(Fault::User(user));
        }
        let named = given.get("algorithm").unwrap_or_else(|| Algorithm::Md5.name().to_owned());
        let algorithm =
            self.space.algorithms.iter().copied().find(|offered| named.parse() == Ok(*offered));
        let algorithm = algorithm.ok_or(Fault::Algorithm(named))?;
        let issued = self.issued.iter_mut().find(|issued| issued.nonce == nonce);
        let issued = issued.ok_or(Fault::UnknownNonce)?;
        if given.get("opaque").is_some_and(|given| given != opaque(&nonce)) {
            return Err(Fault::Opaque);
        }
        //= RFC 7616 §3.4
        let counted = match given.get("qop") {
            Some(qop) if qop == "auth" => {
                Some((need("nc")?, given.get("cnonce").ok_or(Fault::Lacks("cnonce"))?))
            }
            Some(qop) => return Err(Fault::Qop(qop)),
            None => None,
        };
        let proof = Proof {
            algorithm,
            realm: &realm,
            nonce: &nonce,
            method,
            uri: &uri,
            session: Session::Plain,
            qop: counted.as_ref().map(|(nc, cnonce)| Protection { nc, cnonce, body: None }),
        };
        if proof.response(&self.space.account) != response.to_ascii_lowercase() {
            return Err(Fault::Response);
        }
        //= RFC 3261 §22.4
        if !Uri::read(&uri).is_equivalent(&Uri::read(request_uri)) {
            return Err(Fault::Uri(uri));
        }
        if let Some((nc, _)) = counted {
            let sound = nc.len() == 8 && nc.bytes().all(|digit| digit.is_ascii_hexdigit());
            let count = u32::from_str_radix(&nc, 16).ok().filter(|_| sound);
            let count = count.ok_or(Fault::Count(nc))?;
            if count <= issued.count {
                return Err(Fault::CountReused(count, issued.count));
            }
            issued.count = count;
        }
        Ok(())
    }
}

/// The `opaque` that goes with `nonce`; a client has to return it unchanged.
fn opaque(nonce: &str) -> String {
    nonce.chars().rev().take(8).collect()
}

#[cfg(test)]
mod tests;
