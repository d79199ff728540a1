//! Digest access authentication, client side: RFC 3261 §22, RFC 7616, RFC 8760.

use md5::Md5;
use sha2::Sha256;
use std::fmt::Write as _;

use crate::sip::{Message, Params};

/// A challenge that the device can answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// Whether `qop=auth` was offered.
    qop: bool,
    /// Whether only the nonce was refused.
    pub(crate) stale: bool,
    /// Header that the answer goes into.
    header: &'static str,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Algorithm {
    Md5,
    Sha256,
}

/// Who answers, for which request.
pub(crate) struct Request<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) cnonce: &'a str,
    /// How often the nonce has been used, this time included.
    pub(crate) count: u32,
}

impl Challenge {
    /// The strongest challenge of a 401 or 407 that the device can answer.
    pub(crate) fn strongest(response: &Message) -> Option<Self> {
        let (from, header) = match response.code() {
            401 => ("WWW-Authenticate", "Authorization"),
            _ => ("Proxy-Authenticate", "Proxy-Authorization"),
        };
        // One challenge a field: commas separate its parameters.
        let challenges = response.headers.all(from).filter_map(|v| Self::parse(v, header));
        // The first of equals, as RFC 8760 §2.4 wants the server's order kept.
        challenges.reduce(|best, next| if next.algorithm > best.algorithm { next } else { best })
    }

    /// This challenge as if it had asked for MD5.
    pub(crate) fn weakened(self) -> Self {
        Self { algorithm: Algorithm::Md5, ..self }
    }

    /// The header name and value that answer the challenge.
    pub(crate) fn respond(&self, request: &Request<'_>) -> (&'static str, String) {
        let Self { realm, nonce, algorithm, .. } = self;
        let Request { user, password, method, uri, cnonce, count } = request;
        let a1 = algorithm.hex(&format!("{user}:{realm}:{password}"));
        let a2 = algorithm.hex(&format!("{method}:{uri}"));
        let response = if self.qop {
            algorithm.hex(&format!("{a1}:{nonce}:{count:08x}:{cnonce}:auth:{a2}"))
        } else {
            algorithm.hex(&format!("{a1}:{nonce}:{a2}"))
        };
        let (user, realm, nonce) = (quote(user), quote(realm), quote(nonce));
        let mut value = format!(
            "Digest username={user}, realm={realm}, nonce={nonce}, uri=\"{uri}\", \
             response=\"{response}\", algorithm={}",
            algorithm.name()
        );
        // Writing to a String cannot fail.
        if let Some(opaque) = &self.opaque {
            let _ = write!(value, ", opaque={}", quote(opaque));
        }
        if self.qop {
            let _ = write!(value, ", qop=auth, nc={count:08x}, cnonce=\"{cnonce}\"");
        }
        (self.header, value)
    }

    fn parse(value: &str, header: &'static str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let params = Params::parse(rest, ',');
        let algorithm = match params.unquoted("algorithm") {
            None => Algorithm::Md5,
            Some(name) if name.eq_ignore_ascii_case("MD5") => Algorithm::Md5,
            Some(name) if name.eq_ignore_ascii_case("SHA-256") => Algorithm::Sha256,
            Some(_) => return None,
        };
        let qops = params.unquoted("qop");
        let auth = |q: &str| q.split(',').any(|q| q.trim().eq_ignore_ascii_case("auth"));
        let qop = qops.as_deref().is_some_and(auth);
        if qops.is_some() && !qop {
            return None;
        }
        Some(Self {
            realm: params.unquoted("realm")?,
            nonce: params.unquoted("nonce")?,
            opaque: params.unquoted("opaque"),
            algorithm,
            qop,
            stale: params.unquoted("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            header,
        })
    }
}

impl Algorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn hex(self, text: &str) -> String {
        use sha2::Digest as _;
        let octets = match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
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
        Challenge::strongest(&response).unwrap()
    }

    const MD5: &str = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;

    const REQUEST: Request<'_> = Request {
        user: "Mufasa",
        password: "Circle of Life",
        method: "GET",
        uri: "/dir/index.html",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        count: 1,
    };

    #[test]
    fn md5_is_that_of_the_rfc() {
        let (header, value) = challenged(&[MD5]).respond(&REQUEST);
        assert_eq!(header, "Authorization");
        assert!(value.contains("response=\"8ca523f5e9506fed4657c9700eebdbec\""), "{value}");
        assert!(value.contains("qop=auth, nc=00000001"), "{value}");
    }

    #[test]
    fn sha256_is_that_of_the_rfc_and_preferred() {
        let sha = MD5.replace("MD5", "SHA-256");
        let (_, value) = challenged(&[MD5, &sha]).respond(&REQUEST);
        let expected = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert!(value.contains(expected), "{value}");
    }

    #[test]
    fn without_qop_there_is_no_count() {
        let challenge = challenged(&[r#"Digest realm="a", nonce="b", stale=TRUE"#]);
        assert!(challenge.stale);
        assert!(!challenge.respond(&REQUEST).1.contains("nc="));
    }

    #[test]
    fn what_it_cannot_answer_is_passed_over() {
        let mut response = Message::response(407, "Proxy Authentication Required");
        response.headers.push("Proxy-Authenticate", r#"NoOneKnows realm="a", nonce="b""#);
        response.headers.push("Proxy-Authenticate", r#"Digest realm="a", nonce="b", algorithm=X"#);
        assert_eq!(Challenge::strongest(&response), None);
    }
}
