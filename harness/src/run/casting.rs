//! The user agent of a role: what the program says of it, with the addresses of the case put in.

use super::setup::{Address, Setup};
use crate::proto::proxy;
use crate::proto::redirect;
use crate::proto::registrar;
use crate::proto::registration;
use crate::proto::transaction::timer::Timing;
use crate::proto::transport::{Hop, Reach};
use crate::proto::user_agent::{Config, UserAgent};
use crate::scenario::program::{Proxy, Register, Role, RoleKind, Server};
use crate::wire::uri::Uri;

/// What a role needs to know of the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Company<'a> {
    pub(super) roles: &'a [Role],
    pub(super) setup: &'a Setup,
}

/// The user agent of the role at `index`, at `address`, with a seed of its own.
pub(super) fn user_agent(
    index: usize,
    role: &Role,
    address: Address,
    company: Company<'_>,
    seed: u64,
) -> UserAgent {
    let ua = UserAgent::new(Config {
        user: role.user.clone(),
        sip: address.sip,
        tls: address.tls,
        rtp: address.rtp,
        codecs: role.codecs.clone(),
        security: role.security.clone(),
        rtcp: role.rtcp.clone(),
        timing: Timing::default(),
        seed,
        withhold: role.withhold.clone(),
        registrar: registrar(index, &role.kind),
        credentials: role.register.as_ref().map(|register| register.account.clone()),
    });
    let ua = match &role.kind {
        RoleKind::Endpoint | RoleKind::Registrar { .. } => ua,
        RoleKind::Redirect { status, contacts } => {
            let contacts = contacts.iter();
            let contacts = contacts
                .map(|contact| format!("<{}>{}", company.uri(&contact.server), contact.params));
            ua.with_redirect(redirect::Config { status: *status, contacts: contacts.collect() })
        }
        RoleKind::Proxy(own) => ua.with_proxy(company.proxy(own, address)),
    };
    let outbound = role.outbound.iter().filter_map(|server| company.hop(server, role.reach));
    let ua = ua.with_outbound(outbound.collect());
    match role.register.as_ref().and_then(|register| company.registration(register, role.reach)) {
        Some(config) => ua.with_registration(config),
        None => ua,
    }
}

fn registrar(index: usize, kind: &RoleKind) -> Option<registrar::Config> {
    match kind {
        RoleKind::Endpoint | RoleKind::Redirect { .. } => None,
        RoleKind::Registrar { config, .. } => Some(config.clone()),
        RoleKind::Proxy(proxy) => {
            let own = proxy.location.is_some_and(|role| usize::from(role.0) == index);
            own.then(|| registrar::Config {
                space: proxy.space.clone(),
                min_expires: 1,
                max_expires: 3_600,
                grant: registrar::Grant::Parameter,
            })
        }
    }
}

impl Company<'_> {
    fn proxy(self, own: &Proxy, address: Address) -> proxy::Config {
        let targets = |servers: &Vec<Server>| servers.iter().map(|one| self.uri(one)).collect();
        let routes = own.routes.iter().map(|(user, servers)| (user.clone(), targets(servers)));
        proxy::Config {
            sip: address.sip,
            tls: address.tls,
            domains: own.domains.clone(),
            routes: routes.collect(),
            fork: own.fork,
            record_route: own.record_route,
            space: own.space.clone(),
            timer_c: own.timer_c,
        }
    }

    /// Where and as whom a role registers; absent where the registrar's address is not known.
    fn registration(self, register: &Register, reach: Reach) -> Option<registration::Config> {
        let Register { at, account, expires } = register;
        let hop = self.hop(at, reach)?;
        let uri = match at {
            Server::Role(_) => Uri { user: None, ..reach.uri("", hop.remote) },
            Server::Uri(text) => Uri::read(text),
        };
        let (account, expires) = (account.clone(), *expires);
        Some(registration::Config { uri: uri.to_string(), hop, account, expires })
    }

    /// Where a server is for a role of this reach.
    fn hop(self, server: &Server, reach: Reach) -> Option<Hop> {
        match server {
            Server::Role(role) => {
                let remote = self.setup.seats.get(usize::from(role.0))?.sip_over(reach.transport);
                Some(Hop { transport: reach.transport, remote })
            }
            Server::Uri(text) => Hop::of(&Uri::read(text)),
        }
    }

    /// The URI of a target; that of a role says how the role is reached.
    fn uri(self, server: &Server) -> String {
        match server {
            Server::Role(role) => {
                let at = usize::from(role.0);
                let known = self.roles.get(at).zip(self.setup.seats.get(at));
                let uri = known.map(|(role, seat)| {
                    role.reach.uri(&role.user, seat.sip_over(role.reach.transport))
                });
                uri.map(|uri| uri.to_string()).unwrap_or_default()
            }
            Server::Uri(text) => text.clone(),
        }
    }
}
