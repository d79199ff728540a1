//! What an end shows of itself where a stream is secured: good certificates, and bad ones by name.

use std::net::IpAddr;

macro_rules! certificates {
    ($($(#[$doc:meta])* $variant:ident, $word:literal;)*) => {
        /// A kind of certificate.
        #[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Certificate {
            #[default]
            $($(#[$doc])* $variant,)*
        }

        impl Certificate {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in scenario files.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

certificates! {
    /// Of the bench's authority, for the address of the end.
    Good, "good";
    /// The same, for the domain `example.org` as a DNS name.
    Domain, "domain";
    /// The same, for the domain `example.org` as a SIP URI.
    DomainUri, "domain-uri";
    /// Good until yesterday.
    Expired, "expired";
    /// Good from tomorrow.
    NotYetValid, "not-yet-valid";
    /// For another address and another host.
    OtherName, "other-name";
    /// With the address as its common name and no other name.
    CommonName, "common-name";
    /// For `*.example.org`.
    Wildcard, "wildcard";
    /// For the domain of a user: `sip:door@example.org`.
    UserUri, "user-uri";
    /// Signed by itself.
    SelfSigned, "self-signed";
    /// Of an authority that nobody holds.
    UnknownAuthority, "unknown-authority";
    /// None, where a client may do without.
    Absent, "none";
}

/// What a certificate says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// Who has signed it.
    pub issuer: Issuer,
    /// From how many days from today it is good.
    pub begins: i32,
    /// Until how many.
    pub ends: i32,
    /// Its subject alternative names.
    pub names: Vec<AlternativeName>,
    /// Its common name.
    pub common_name: String,
}

/// Who has signed a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Issuer {
    /// The bench's authority, which devices hold.
    Bench,
    /// An authority that nobody holds.
    Stranger,
    /// It itself.
    Itself,
}

/// A subject alternative name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AlternativeName {
    /// An address.
    Ip(IpAddr),
    /// A DNS name.
    Dns(&'static str),
    /// A URI.
    Uri(&'static str),
}

impl Certificate {
    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// What it says of an end at these addresses; nothing where there is none.
    pub fn facts(self, addresses: &[IpAddr]) -> Option<Facts> {
        let own = || addresses.iter().copied().map(AlternativeName::Ip).collect();
        let facts = Facts {
            issuer: Issuer::Bench,
            begins: -30,
            ends: 30,
            names: own(),
            common_name: "ringtrue".to_owned(),
        };
        Some(match self {
            Self::Good => facts,
            Self::Domain => Facts { names: vec![AlternativeName::Dns(DOMAIN)], ..facts },
            Self::DomainUri => Facts { names: vec![AlternativeName::Uri(DOMAIN_URI)], ..facts },
            Self::Expired => Facts { ends: -1, ..facts },
            Self::NotYetValid => Facts { begins: 1, ..facts },
            Self::OtherName => {
                let elsewhere = IpAddr::from([192, 0, 2, 77]);
                let names = [AlternativeName::Ip(elsewhere), AlternativeName::Dns(ELSEWHERE)];
                Facts { names: names.into(), ..facts }
            }
            Self::CommonName => {
                let common_name = addresses.first().map(ToString::to_string);
                let common_name = common_name.unwrap_or_default();
                Facts { names: Vec::new(), common_name, ..facts }
            }
            Self::Wildcard => Facts { names: vec![AlternativeName::Dns(WILDCARD)], ..facts },
            Self::UserUri => Facts { names: vec![AlternativeName::Uri(USER_URI)], ..facts },
            Self::SelfSigned => Facts { issuer: Issuer::Itself, ..facts },
            Self::UnknownAuthority => Facts { issuer: Issuer::Stranger, ..facts },
            Self::Absent => return None,
        })
    }
}

/// The domain of the addresses of record in scenarios.
const DOMAIN: &str = "example.org";
const DOMAIN_URI: &str = "sip:example.org";
const USER_URI: &str = "sip:door@example.org";
const WILDCARD: &str = "*.example.org";
const ELSEWHERE: &str = "elsewhere.example.net";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word_and_says_something_of_its_own() {
        let addresses = [IpAddr::from([198, 51, 100, 1])];
        let mut said = Vec::new();
        for kind in Certificate::ALL {
            assert_eq!(Certificate::of_word(kind.word()), Some(*kind));
            let facts = kind.facts(&addresses);
            assert!(!said.contains(&facts), "{kind:?}");
            said.push(facts);
        }
        assert_eq!(Certificate::of_word("perfect"), None);
    }
}
