//! Digest access authentication, both sides: RFC 7616 and RFC 2617 as SIP uses them (RFC 3261 §22,
//! RFC 8760).

pub mod client;
pub mod server;

use md5::Md5;
use sha2::{Digest, Sha256};
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
}

impl Algorithm {
    /// The name as registered.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The hash of `text`, in lower-case hexadecimal digits.
    pub fn hash(self, text: &str) -> String {
        let bytes = match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
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
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

/// The algorithm is none of ours.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("use digest algorithm `{0}`: only MD5 and SHA-256 are known")]
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
    /// With `qop=auth`: the nonce count as written and the client's nonce.
    pub qop: Option<(&'a str, &'a str)>,
}

impl Proof<'_> {
    /// The `response` parameter that proves knowledge of the password.
    pub fn response(&self, account: &Account) -> String {
        let Self { algorithm, realm, nonce, method, uri, qop } = self;
        //= RFC 7616 §3.4.2
        let a1 = algorithm.hash(&format!("{}:{realm}:{}", account.user, account.password));
        //= RFC 7616 §3.4.3
        let a2 = algorithm.hash(&format!("{method}:{uri}"));
        //= RFC 7616 §3.4.1
        algorithm.hash(&match qop {
            Some((nc, cnonce)) => format!("{a1}:{nonce}:{nc}:{cnonce}:auth:{a2}"),
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
            qop: Some(("00000001", "0a4f113b")),
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
            qop: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
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
        assert!("SHA-512-256".parse::<Algorithm>().is_err());
    }
}
