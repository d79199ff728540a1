//! Whom the device trusts on a stream that is secured: RFC 3261 §26.2.2 and §26.3.2.1.
//!
//! The board does the arithmetic of TLS. It hands over what the other end has [`Shown`], and the
//! device's [`Demand`] judges it, before a byte of SIP goes that way.

use std::fmt;
use std::net::IpAddr;

use crate::defects::{Defect, Defects};

/// What the other end of a stream has shown of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    /// Whom its chain of certificates leads to.
    pub anchor: Anchor,
    /// The first second at which its certificate is good, since 1970.
    pub not_before: u64,
    /// The last.
    pub not_after: u64,
    /// Its subject alternative names.
    pub names: Vec<Name>,
    /// Its common name.
    pub common_name: Option<String>,
}

/// Whom a chain of certificates leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Anchor {
    /// An authority that the device holds.
    Held,
    /// Another one, or nobody.
    Unknown,
    /// The certificate itself.
    Itself,
}

/// A name in a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Name {
    /// Of a host or a domain.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// A URI.
    Uri(String),
}

/// What the device asks of the other end of one stream.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The names by which it knows that end; empty: it may be anybody whose certificate is good.
    pub(crate) names: Vec<String>,
    /// Seconds since 1970; absent where the device does not know the time.
    pub(crate) time: Option<u64>,
    /// Whether an end without a certificate will do.
    pub(crate) anonymous: Anonymous,
    pub(crate) defects: Defects,
}

/// What becomes of an end that shows no certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Anonymous {
    Admitted,
    Refused,
}

/// Why the device does not speak to an end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Distrust {
    /// It has shown no certificate.
    Nothing,
    /// Its certificate is signed by itself.
    SelfSigned,
    /// Its certificate leads to no authority that the device holds.
    UnknownAuthority,
    /// Its certificate is not good any more.
    Expired,
    /// Its certificate is not good yet.
    NotYetValid,
    /// Its certificate is somebody else's.
    WrongName,
}

impl Demand {
    /// Judges an end, which may have shown nothing.
    ///
    /// # Errors
    ///
    /// Why the device does not speak to it.
    //= RFC 3261 §26.3.2.1
    pub fn judge(&self, shown: Option<&Shown>) -> Result<(), Distrust> {
        let has = |defect| self.defects.has(defect);
        let Some(shown) = shown else {
            return match self.anonymous {
                Anonymous::Admitted => Ok(()),
                Anonymous::Refused if has(Defect::CLIENT_CERTIFICATE_FORGOTTEN) => Ok(()),
                Anonymous::Refused => Err(Distrust::Nothing),
            };
        };
        if has(Defect::CERTIFICATES_IGNORED) {
            return Ok(());
        }
        match shown.anchor {
            Anchor::Held => {}
            Anchor::Itself if has(Defect::SELF_SIGNED_TRUSTED) => {}
            Anchor::Itself => return Err(Distrust::SelfSigned),
            Anchor::Unknown if has(Defect::ANY_AUTHORITY_TRUSTED) => {}
            Anchor::Unknown => return Err(Distrust::UnknownAuthority),
        }
        if let Some(time) = self.time {
            if time > shown.not_after && !has(Defect::EXPIRED_TRUSTED) {
                return Err(Distrust::Expired);
            }
            if time < shown.not_before && !has(Defect::NOT_YET_VALID_TRUSTED) {
                return Err(Distrust::NotYetValid);
            }
        }
        if self.names.is_empty() && has(Defect::CLIENTS_REFUSED) {
            return Err(Distrust::WrongName);
        }
        let known = |name: &String| self.is_named(shown, name);
        if self.names.is_empty() || self.names.iter().any(known) {
            return Ok(());
        }
        if has(Defect::NAMES_NOT_COMPARED) { Ok(()) } else { Err(Distrust::WrongName) }
    }

    /// Whether a certificate is for `name`: a host, a domain or an address.
    fn is_named(&self, shown: &Shown, name: &str) -> bool {
        let address: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
        let domain = |uri: &str| {
            let domain =
                uri.split_once(':').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("sip"));
            domain.map(|(_, domain)| domain.to_owned())
        };
        let domains = shown.names.iter().filter_map(|name| match name {
            Name::Uri(uri) => domain(uri).filter(|domain| !domain.contains('@')),
            Name::Dns(_) | Name::Ip(_) => None,
        });
        let domains: Vec<String> = domains.collect();
        if domains.iter().any(|domain| domain.eq_ignore_ascii_case(name)) {
            return true;
        }
        let listed = shown.names.iter().any(|known| match known {
            Name::Ip(known) => address == Some(*known),
            // A domain that is named by a URI is not named by its hosts: RFC 5922 §7.1.
            Name::Dns(known) => domains.is_empty() && self.is_host(known, name),
            Name::Uri(_) => false,
        });
        let alone = shown.names.is_empty() && self.defects.has(Defect::COMMON_NAME_TRUSTED);
        listed || alone && shown.common_name.as_deref() == Some(name)
    }

    /// Whether a DNS name of a certificate is `name`, letter by letter but for case.
    fn is_host(&self, known: &str, name: &str) -> bool {
        let wild = known.strip_prefix('*').is_some_and(|rest| name.ends_with(rest));
        known.eq_ignore_ascii_case(name) || wild && self.defects.has(Defect::WILDCARD_TRUSTED)
    }
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "no certificate",
            Self::SelfSigned => "certificate signed by itself",
            Self::UnknownAuthority => "certificate of an unknown authority",
            Self::Expired => "certificate expired",
            Self::NotYetValid => "certificate not yet valid",
            Self::WrongName => "certificate of somebody else",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> Shown {
        Shown {
            anchor: Anchor::Held,
            not_before: 100,
            not_after: 200,
            names: vec![
                Name::Ip("192.0.2.1".parse().unwrap()),
                Name::Dns("SIP.example.org".into()),
            ],
            common_name: Some("pbx.example.org".into()),
        }
    }

    fn demand(name: &str) -> Demand {
        Demand {
            names: vec![name.to_owned()],
            time: Some(150),
            anonymous: Anonymous::Refused,
            defects: Defects::default(),
        }
    }

    #[test]
    fn a_certificate_is_good_from_its_first_second_to_its_last() {
        let at = |time| Demand { time, ..demand("192.0.2.1") }.judge(Some(&shown()));
        assert_eq!(at(Some(99)), Err(Distrust::NotYetValid));
        assert_eq!(at(Some(100)), Ok(()));
        assert_eq!(at(Some(200)), Ok(()));
        assert_eq!(at(Some(201)), Err(Distrust::Expired));
        assert_eq!(at(None), Ok(()));
    }

    #[test]
    fn it_has_to_lead_to_an_authority_that_is_held() {
        let of = |anchor| demand("192.0.2.1").judge(Some(&Shown { anchor, ..shown() }));
        assert_eq!(of(Anchor::Itself), Err(Distrust::SelfSigned));
        assert_eq!(of(Anchor::Unknown), Err(Distrust::UnknownAuthority));
        assert_eq!(demand("192.0.2.1").judge(None), Err(Distrust::Nothing));
    }

    #[test]
    fn it_has_to_be_for_a_name_that_is_known() {
        let known = |name: &str| demand(name).judge(Some(&shown())).is_ok();
        assert!(known("192.0.2.1") && known("sip.EXAMPLE.org"));
        // The common name counts for nothing, and names are compared whole.
        assert!(!known("pbx.example.org") && !known("example.org") && !known("192.0.2.2"));
        let wild = Shown { names: vec![Name::Dns("*.example.org".into())], ..shown() };
        assert_eq!(demand("sip.example.org").judge(Some(&wild)), Err(Distrust::WrongName));
    }

    #[test]
    fn a_domain_that_a_uri_names_has_no_other_name() {
        let names = vec![Name::Uri("sip:example.org".into()), Name::Dns("sip.example.org".into())];
        let domain = Shown { names, ..shown() };
        assert_eq!(demand("example.org").judge(Some(&domain)), Ok(()));
        assert_eq!(demand("sip.example.org").judge(Some(&domain)), Err(Distrust::WrongName));
        let user = Shown { names: vec![Name::Uri("sip:a@example.org".into())], ..shown() };
        assert_eq!(demand("example.org").judge(Some(&user)), Err(Distrust::WrongName));
    }
}
