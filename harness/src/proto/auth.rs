//! Digest access authentication, both sides: RFC 7616 and RFC 2617 as SIP uses them (RFC 3261 §22,
//! RFC 8760).

pub mod client;
pub mod server;

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};
use std::fmt::Write as _;
use std::str::FromStr;

/// Who may authenticate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// A hash that digest authentication is built on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// `MD5`, also where no algorithm is named.
    Md5,
    /// `SHA-256`
    Sha256,
    /// `SHA-512-256`
    Sha512_256,
}

/// A protection space: what a server asks for before it serves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Space {
    /// The realm.
    pub realm: String,
    /// The digest algorithms to offer, in order. Empty: no challenge.
    pub algorithms: Vec<Algorithm>,
    /// Who may pass.
    pub account: Account,
}

impl Algorithm {
    /// All, weakest first.
    pub const ALL: [Self; 3] = [Self::Md5, Self::Sha256, Self::Sha512_256];

    /// The name as registered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512_256 => "SHA-512-256",
        }
    }

    /// The hash of `text`, in lower-case hexadecimal digits.
    pub fn hash(self, text: &str) -> String {
        self.hash_bytes(text.as_bytes())
    }

    /// The hash of `bytes`, in lower-case hexadecimal digits.
    fn hash_bytes(self, bytes: &[u8]) -> String {
        let bytes = match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512_256 => Sha512_256::digest(bytes).to_vec(),
        };
        bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

/// The algorithm is none of ours.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("use digest algorithm `{0}`: only MD5, SHA-256 and SHA-512-256 are known")]
pub struct UnknownAlgorithm(String);

/// What a digest response is computed from, beside the account.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// The hash.
    pub algorithm: Algorithm,
    /// The protection space.
    pub realm: &'a str,
    /// The server's nonce.
    pub nonce: &'a str,
    /// The method of the request.
    pub method: &'a str,
    /// The `uri` parameter as written.
    pub uri: &'a str,
    /// What the first half is bound to beside the password.
    pub session: Session,
    /// With a quality of protection, what that adds.
    pub qop: Option<Protection<'a>>,
}

/// Whether the name of the algorithm ends in `-sess`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Session {
    /// It does not: the first half is of the account and the realm alone.
    #[default]
    Plain,
    /// It does: the first half is bound to both nonces of the first request.
    Bound,
}

/// What a quality of protection adds to a digest.
#[derive(Clone, Copy, Debug)]
pub struct Protection<'a> {
    /// The nonce count as written.
    pub nc: &'a str,
    /// The client's nonce.
    pub cnonce: &'a str,
    /// With `auth-int`: the body of the request.
    pub body: Option<&'a [u8]>,
}

impl Proof<'_> {
    /// The `response` parameter that proves knowledge of the password.
    pub fn response(&self, account: &Account) -> String {
        let Self { algorithm, realm, nonce, method, uri, session, qop } = self;
        //= RFC 7616 §3.4.2
        let mut a1 = algorithm.hash(&format!("{}:{realm}:{}", account.user, account.password));
        if *session == Session::Bound {
            let cnonce = qop.map_or("", |qop| qop.cnonce);
            a1 = algorithm.hash(&format!("{a1}:{nonce}:{cnonce}"));
        }
        //= RFC 7616 §3.4.3
        let a2 = match qop.and_then(|qop| qop.body) {
            None => algorithm.hash(&format!("{method}:{uri}")),
            Some(body) => {
                let body = algorithm.hash_bytes(body);
                algorithm.hash(&format!("{method}:{uri}:{body}"))
            }
        };
        //= RFC 7616 §3.4.1
        algorithm.hash(&match qop {
            Some(Protection { nc, cnonce, body }) => {
                let name = if body.is_some() { "auth-int" } else { "auth" };
                format!("{a1}:{nonce}:{nc}:{cnonce}:{name}:{a2}")
            }
            //= RFC 2617 §3.2.2.1
            None => format!("{a1}:{nonce}:{a2}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mufasa(password: &str) -> Account {
        Account { user: "Mufasa".to_owned(), password: password.to_owned() }
    }

    /// RFC 2617 §3.5.
    #[test]
    fn the_worked_example_of_rfc_2617() {
        let proof = Proof {
            algorithm: Algorithm::Md5,
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            method: "GET",
            uri: "/dir/index.html",
            session: Session::Plain,
            qop: Some(Protection { nc: "00000001", cnonce: "0a4f113b", body: None }),
        };
        assert_eq!(proof.response(&mufasa("Circle Of Life")), "6629fae49393a05397450978507c4ef1");
        let without = Proof { qop: None, ..proof };
        assert_eq!(without.response(&mufasa("Circle Of Life")), "670fd8c2df070c60b045671b8b24ff02");
    }

    /// RFC 7616 §3.9.1.
    #[test]
    fn the_worked_examples_of_rfc_7616() {
        let proof = |algorithm| Proof {
            algorithm,
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            method: "GET",
            uri: "/dir/index.html",
            session: Session::Plain,
            qop: Some(Protection {
                nc: "00000001",
                cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                body: None,
            }),
        };
        assert_eq!(
            proof(Algorithm::Md5).response(&mufasa("Circle of Life")),
            "8ca523f5e9506fed4657c9700eebdbec"
        );
        assert_eq!(
            proof(Algorithm::Sha256).response(&mufasa("Circle of Life")),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    #[test]
    fn algorithms_are_known_by_name_in_any_case() {
        assert_eq!("sha-256".parse(), Ok(Algorithm::Sha256));
        assert_eq!("MD5".parse(), Ok(Algorithm::Md5));
        assert_eq!("SHA-512-256".parse(), Ok(Algorithm::Sha512_256));
        assert!("SHA-1".parse::<Algorithm>().is_err());
    }

    /// Computed with Python's hashlib from the formulas of RFC 7616 §3.4.1 to §3.4.3.
    #[test]
    fn sessions_and_bodies_are_bound_in() {
        let proof = Proof {
            algorithm: Algorithm::Sha512_256,
            realm: "r",
            nonce: "n",
            method: "REGISTER",
            uri: "sip:example.org",
            session: Session::Bound,
            qop: Some(Protection { nc: "00000001", cnonce: "c", body: Some(b"v=0") }),
        };
        assert_eq!(
            proof.response(&mufasa("p")),
            "9f808ef68e9cffe79e07d893bfc4d0d6666b63995434aa9c27f2335ad619a7ea"
        );
        let proof = Proof { algorithm: Algorithm::Md5, ..proof };
        assert_eq!(proof.response(&mufasa("p")), "aee6269e5bde4c6ba4c2b6952a81fb33");
    }
}
