//! What our ends show of themselves on TLS, as the device's board would read it.

use super::{TODAY, World};
use crate::evidence::point::Pco;
use crate::proto::certificate::{AlternativeName, Certificate, Facts, Issuer};
use intercom::{Anchor, Name, Shown};

impl World<'_> {
    /// What the end at a point shows as a client; nothing where it has no certificate.
    pub(super) fn shown_by(&self, pco: Pco) -> Option<Shown> {
        let index = pco.role().map(|(index, _)| usize::from(index));
        let certificate = index.and_then(|index| self.certificates.get(index));
        let address = self.address(pco).ip();
        certificate.copied().unwrap_or_default().facts(&[address]).as_ref().map(shown)
    }

    /// What it shows as a server, which always has a certificate.
    pub(super) fn shown_as_server(&self, pco: Pco) -> Option<Shown> {
        let address = self.address(pco).ip();
        let good = || Certificate::Good.facts(&[address]).as_ref().map(shown);
        self.shown_by(pco).or_else(good)
    }
}

fn shown(facts: &Facts) -> Shown {
    let day = |days: i32| TODAY.saturating_add_signed(i64::from(days) * DAY);
    let name = |name: &AlternativeName| match *name {
        AlternativeName::Ip(address) => Name::Ip(address),
        AlternativeName::Dns(name) => Name::Dns(name.to_owned()),
        AlternativeName::Uri(uri) => Name::Uri(uri.to_owned()),
    };
    Shown {
        anchor: match facts.issuer {
            Issuer::Bench => Anchor::Held,
            Issuer::Stranger => Anchor::Unknown,
            Issuer::Itself => Anchor::Itself,
        },
        not_before: day(facts.begins),
        not_after: day(facts.ends),
        names: facts.names.iter().map(name).collect(),
        common_name: Some(facts.common_name.clone()),
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;
