//! Whom the device trusts on TLS: RFC 3261 §26.3.2.1.

use std::net::SocketAddr;
use std::time::Duration;

use super::Device;
use crate::defects::Defect;
use crate::sip::Uri;
use crate::tls::{Anonymous, Demand, Distrust};
use crate::transport::Connection;

impl Device {
    /// Takes it that the other end of a secured stream is not whom the device speaks to: of a stream of
    /// its own, which is closed with that, or of one that came in and never was open.
    pub fn handle_distrust(
        &mut self,
        now: Duration,
        connection: Option<Connection>,
        peer: SocketAddr,
        why: &Distrust,
    ) {
        self.log(now, &format!("tls: refused {peer}: {why}"));
        if let Some(connection) = connection {
            self.handle_closed(now, connection);
        }
    }

    /// What the device asks now of those who connect to it over TLS.
    pub fn demand_of_clients(&self, now: Duration) -> Demand {
        let known = self.settings.tls_clients_known;
        Demand {
            names: Vec::new(),
            time: self.clock.unix(now),
            anonymous: if known { Anonymous::Refused } else { Anonymous::Admitted },
            defects: self.defects.clone(),
        }
    }

    /// What it asks of the server at an address: to be who it is by its address or, of the server of the
    /// device's own domain, by the name of the domain.
    pub(super) fn demand_of_server(&self, now: Duration, address: SocketAddr) -> Demand {
        let mut names = vec![address.ip().to_string()];
        let account = self.settings.account.as_ref();
        let domain = account.filter(|account| account.registrar == address);
        let domain = domain.filter(|_| !self.defects.has(Defect::DOMAIN_NOT_RECOGNISED));
        names.extend(domain.and_then(|own| Uri::parse(&own.aor)).map(|aor| aor.host));
        Demand {
            names,
            time: self.clock.unix(now),
            anonymous: Anonymous::Refused,
            defects: self.defects.clone(),
        }
    }
}
