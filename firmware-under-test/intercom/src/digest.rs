//! Digest access authentication, client side: RFC 3261 §22, RFC 7616, RFC 8760.

mod keyring;

pub(crate) use keyring::{Keyring, Outcome};

use md5::Md5;
use sha2::{Sha256, Sha512_256};
use std::fmt::Write as _;

use crate::defects::{Defect, Defects};
use crate::sip::{Message, Params};

/// A challenge that the device can answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// Whether the algorithm is bound to the session: its name ends in `-sess`.
    session: bool,
    qop: Option<Qop>,
    /// Whether only the nonce was refused.
    pub(crate) stale: bool,
    /// Header that the answer goes into.
    header: &'static str,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512,
}

/// A quality of protection that was offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Qop {
    Auth,
    /// The body is protected too.
    AuthInt,
}

/// Who answers, for which request.
pub(crate) struct Request<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) cnonce: &'a str,
    /// How often the nonce has been used, this time included.
    pub(crate) count: u32,
}

impl Challenge {
    /// Of each realm that a 401 or 407 names, the topmost challenge that the device can answer.
    pub(crate) fn of(response: &Message, defects: &Defects) -> Vec<Self> {
        let (from, header) = match response.code() {
            401 => ("WWW-Authenticate", "Authorization"),
            _ => ("Proxy-Authenticate", "Proxy-Authorization"),
        };
        let mut found: Vec<Self> = Vec::new();
        // One challenge a field: commas separate its parameters.
        for challenge in response.headers.all(from).filter_map(|v| Self::parse(v, header, defects))
        {
            //= RFC 8760 §2.4
            match found.iter_mut().find(|above| above.realm == challenge.realm) {
                None => found.push(challenge),
                Some(above) if defects.has(Defect::WEAKEST_CHALLENGE) => *above = challenge,
                Some(_) => {}
            }
        }
        found
    }

    /// Whether both are for the same protection space.
    fn is_of_the_realm_of(&self, other: &Self) -> bool {
        (&self.realm, self.header) == (&other.realm, other.header)
    }

    /// The header name and value that answer the challenge.
    pub(crate) fn respond(
        &self,
        request: &Request<'_>,
        defects: &Defects,
    ) -> (&'static str, String) {
        let Self { realm, nonce, session, .. } = self;
        let Request { user, password, method, uri, body, cnonce, count } = request;
        let weak = self.algorithm == Algorithm::Sha256 && defects.has(Defect::NO_SHA256);
        let algorithm = if weak { Algorithm::Md5 } else { self.algorithm };
        let mut a1 = algorithm.hex(format!("{user}:{realm}:{password}"));
        if *session && !defects.has(Defect::SESSION_NOT_BOUND) {
            a1 = algorithm.hex(format!("{a1}:{nonce}:{cnonce}"));
        }
        let a2 = match self.qop {
            Some(Qop::AuthInt) if !defects.has(Defect::BODY_NOT_BOUND) => {
                algorithm.hex(format!("{method}:{uri}:{}", algorithm.hex(body)))
            }
            Some(_) | None => algorithm.hex(format!("{method}:{uri}")),
        };
        let qop = self.qop.map(Qop::name);
        let all = defects.has(Defect::QOP_ALL_OFFERED);
        let qop = qop.map(|qop| if all { "auth,auth-int" } else { qop });
        let response = match qop {
            Some(qop) => algorithm.hex(format!("{a1}:{nonce}:{count:08x}:{cnonce}:{qop}:{a2}")),
            None => algorithm.hex(format!("{a1}:{nonce}:{a2}")),
        };
        let (user, realm, nonce) = (quote(user), quote(realm), quote(nonce));
        let sess = if *session { "-sess" } else { "" };
        let bare = defects.has(Defect::DIGEST_URI_UNQUOTED);
        let uri = if bare { (*uri).to_owned() } else { quote(uri) };
        let mut value = format!(
            "Digest username={user}, realm={realm}, nonce={nonce}, uri={uri}, \
             response=\"{response}\", algorithm={}{sess}",
            algorithm.name()
        );
        // Writing to a String cannot fail.
        if let Some(opaque) = &self.opaque
            && !defects.has(Defect::OPAQUE_DROPPED)
        {
            let _ = write!(value, ", opaque={}", quote(opaque));
        }
        if let Some(qop) = qop.filter(|_| !defects.has(Defect::QOP_DROPPED)) {
            let _ = write!(value, ", qop={qop}, nc={count:08x}, cnonce=\"{cnonce}\"");
        } else if qop.is_none() && defects.has(Defect::CNONCE_WITHOUT_QOP) {
            let _ = write!(value, ", cnonce=\"{cnonce}\"");
        }
        (self.header, value)
    }

    fn parse(value: &str, header: &'static str, defects: &Defects) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        let params = Params::parse(rest, ',');
        if !scheme.eq_ignore_ascii_case("Digest") && !defects.has(Defect::BASIC_ACCEPTED) {
            return None;
        }
        let name = params.unquoted("algorithm").unwrap_or_else(|| {
            let sound = !defects.has(Defect::NO_ALGORITHM_IS_SHA256);
            if sound { "MD5".into() } else { "SHA-256".into() }
        });
        let name = name.to_ascii_uppercase();
        let (base, session) = match name.strip_suffix("-SESS") {
            Some(base) => (base, true),
            None => (name.as_str(), false),
        };
        let algorithm = match base {
            "MD5" => Algorithm::Md5,
            "SHA-256" => Algorithm::Sha256,
            "SHA-512-256" => Algorithm::Sha512,
            _ if defects.has(Defect::UNKNOWN_ALGORITHM_TAKEN_FOR_MD5) => Algorithm::Md5,
            _ => return None,
        };
        let offered = params.unquoted("qop");
        let offers = |qop: Qop| {
            offered.as_deref().is_some_and(|offered| {
                offered.split(',').any(|name| name.trim().eq_ignore_ascii_case(qop.name()))
            })
        };
        let qop = [Qop::Auth, Qop::AuthInt].into_iter().find(|&qop| offers(qop));
        if offered.is_some() && qop.is_none() {
            return None;
        }
        Some(Self {
            realm: params.unquoted("realm")?,
            nonce: match params.unquoted("nonce") {
                None if defects.has(Defect::BASIC_ACCEPTED) => String::new(),
                nonce => nonce?,
            },
            opaque: params.unquoted("opaque"),
            algorithm,
            session,
            qop,
            stale: params.unquoted("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            header,
        })
    }
}

impl Qop {
    const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512-256",
        }
    }

    fn hex(self, text: impl AsRef<[u8]>) -> String {
        use sha2::Digest as _;
        let octets = match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
            Self::Sha512 => Sha512_256::digest(text).to_vec(),
        };
        octets.iter().fold(String::new(), |mut hex, octet| {
            let _ = write!(hex, "{octet:02x}");
            hex
        })
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 §3.9.1, with its MD5 and SHA-256 challenges.
    fn challenged(fields: &[&str]) -> Challenge {
        let mut response = Message::response(401, "Unauthorized");
        for field in fields {
            response.headers.push("WWW-Authenticate", *field);
        }
        Challenge::of(&response, &Defects::default()).remove(0)
    }

    const MD5: &str = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;

    const REQUEST: Request<'_> = Request {
        user: "Mufasa",
        password: "Circle of Life",
        method: "GET",
        uri: "/dir/index.html",
        body: b"",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        count: 1,
    };

    fn answer(fields: &[&str]) -> (&'static str, String) {
        challenged(fields).respond(&REQUEST, &Defects::default())
    }

    #[test]
    fn md5_is_that_of_the_rfc() {
        let (header, value) = answer(&[MD5]);
        assert_eq!(header, "Authorization");
        assert!(value.contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""), "{value}");
        assert!(value.contains("qop=auth, nc=00000001"), "{value}");
    }

    #[test]
    fn sha256_is_that_of_the_rfc_and_the_topmost_is_answered() {
        let sha = MD5.replace("MD5", "SHA-256");
        let (_, value) = answer(&[&sha, MD5]);
        let expected = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert!(value.contains(expected), "{value}");
        assert!(answer(&[MD5, &sha]).1.contains("algorithm=MD5"));
    }

    #[test]
    fn without_qop_there_is_no_count() {
        let challenge = challenged(&[r#"Digest realm="a", nonce="b", stale=TRUE"#]);
        assert!(challenge.stale);
        assert!(!challenge.respond(&REQUEST, &Defects::default()).1.contains("nc="));
    }

    #[test]
    fn what_it_cannot_answer_is_passed_over() {
        let mut response = Message::response(407, "Proxy Authentication Required");
        response.headers.push("Proxy-Authenticate", r#"NoOneKnows realm="a", nonce="b""#);
        response.headers.push("Proxy-Authenticate", r#"Digest realm="a", nonce="b", algorithm=X"#);
        response.headers.push("Proxy-Authenticate", r#"Digest realm="a", nonce="b", qop="x""#);
        assert_eq!(Challenge::of(&response, &Defects::default()), []);
    }
}
