//! Digest access authentication: RFC 3261 §22, RFC 7616, RFC 8760. Here is the client's side.

mod keyring;
mod server;

pub(crate) use keyring::{Keyring, Outcome};
pub use server::Visitors;
pub(crate) use server::{Gate, Refusal};

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
    /// Whether the user name is to travel as a hash.
    hides_user: bool,
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
        let Request { user, password, uri, cnonce, count, .. } = request;
        let weak = self.algorithm == Algorithm::Sha256 && defects.has(Defect::NO_SHA256);
        let algorithm = if weak { Algorithm::Md5 } else { self.algorithm };
        let mut a1 = algorithm.hex(format!("{user}:{realm}:{password}"));
        if *session && !defects.has(Defect::SESSION_NOT_BOUND) {
            a1 = algorithm.hex(format!("{a1}:{nonce}:{cnonce}"));
        }
        let offered = match self.qop {
            Some(Qop::AuthInt) if defects.has(Defect::QOP_AUTH_ALWAYS) => Some(Qop::Auth),
            qop => qop,
        };
        let all = defects.has(Defect::QOP_ALL_OFFERED);
        let qop = offered.map(|qop| if all { "auth,auth-int" } else { qop.name() });
        let unbound = defects.has(Defect::BODY_NOT_BOUND);
        let protected = offered.map(|qop| if unbound { Qop::Auth } else { qop });
        let response = match (qop, protected) {
            (Some(qop), Some(protected)) => {
                let a2 = second_half(algorithm, protected, request);
                algorithm.hex(format!("{a1}:{nonce}:{count:08x}:{cnonce}:{qop}:{a2}"))
            }
            _ => response_of(algorithm, &a1, nonce, request, None),
        };
        //= RFC 7616 §3.4.4
        let hides = self.hides_user && !defects.has(Defect::USERHASH_IGNORED);
        let hidden = hides.then(|| algorithm.hex(format!("{user}:{realm}")));
        let user = hidden.as_deref().unwrap_or(user);
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
        if hidden.is_some() {
            value.push_str(", userhash=true");
        }
        if let Some(qop) = qop.filter(|_| !defects.has(Defect::QOP_DROPPED)) {
            let quoted = defects.has(Defect::QOP_QUOTED);
            let qop = if quoted { quote(qop) } else { qop.to_owned() };
            let _ = write!(value, ", qop={qop}");
            if !defects.has(Defect::NONCE_COUNT_LEFT_OUT) {
                let _ = write!(value, ", nc={count:08x}");
            }
            if defects.has(Defect::CNONCE_UNQUOTED) {
                let _ = write!(value, ", cnonce={cnonce}");
            } else if !defects.has(Defect::CNONCE_LEFT_OUT) {
                let _ = write!(value, ", cnonce=\"{cnonce}\"");
            }
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
        //= RFC 7616 §3.3
        let known = |name: &str| {
            [Qop::Auth, Qop::AuthInt].iter().any(|qop| name.trim().eq_ignore_ascii_case(qop.name()))
        };
        let strange = offered.as_deref().is_some_and(|names| !names.split(',').all(known));
        let elsewhere = header == "Proxy-Authorization" && params.get("domain").is_some();
        if strange && defects.has(Defect::UNKNOWN_QOP_REFUSED)
            || elsewhere && defects.has(Defect::PROXY_DOMAIN_HEEDED)
        {
            return None;
        }
        let says =
            |name: &str| params.unquoted(name).is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let named_stale =
            params.get("stale").is_some() && defects.has(Defect::STALE_FALSE_IS_STALE);
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
            hides_user: says("userhash"),
            stale: says("stale") || named_stale,
            header,
        })
    }
}

/// The response of RFC 7616 §3.4.1, or without a quality of protection that of RFC 2069.
fn response_of(
    algorithm: Algorithm,
    a1: &str,
    nonce: &str,
    request: &Request<'_>,
    qop: Option<Qop>,
) -> String {
    let Request { cnonce, count, .. } = request;
    let a2 = second_half(algorithm, qop.unwrap_or(Qop::Auth), request);
    algorithm.hex(match qop {
        Some(qop) => format!("{a1}:{nonce}:{count:08x}:{cnonce}:{}:{a2}", qop.name()),
        None => format!("{a1}:{nonce}:{a2}"),
    })
}

/// The hash of what is asked for.
fn second_half(algorithm: Algorithm, qop: Qop, request: &Request<'_>) -> String {
    let Request { method, uri, body, .. } = request;
    algorithm.hex(match qop {
        Qop::Auth => format!("{method}:{uri}"),
        Qop::AuthInt => format!("{method}:{uri}:{}", algorithm.hex(body)),
    })
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
    const ALL: [Self; 3] = [Self::Md5, Self::Sha256, Self::Sha512];

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

    /// SHA-256 of `Mufasa:http-auth@example.org`, by coreutils.
    #[test]
    fn a_hidden_user_is_a_hash() {
        let hidden = MD5.replace("MD5", "SHA-256") + ", userhash=true";
        let (_, value) = answer(&[&hidden]);
        let hash = "a947aad205e80e429958a387394944c6b496301e79f89d35a4cc23b6ee12b5b6";
        assert!(value.starts_with(&format!("Digest username=\"{hash}\", ")), "{value}");
        assert!(value.contains("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
        assert!(value.contains(", userhash=true"), "{value}");
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
