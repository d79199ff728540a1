//! A role in words.

use super::time;
use crate::proto::auth::{Account, Space};
use crate::proto::certificate::Certificate;
use crate::proto::offer_answer::{Keying, Rekey, Security};
use crate::proto::policy::Answers;
use crate::proto::proxy::{Fork, RecordRoute};
use crate::proto::registrar::{self, Grant};
use crate::scenario::program::{Contact, Proxy, Register, Role, RoleKind, Server};
use crate::scenario::roles::{rtcp, withhold_word};

/// What a role is.
pub(super) fn describe(role: &Role, roles: &[Role]) -> String {
    let mut parts = match &role.kind {
        RoleKind::Endpoint => vec![format!("endpoint, offers {}", role.codecs.join(", "))],
        RoleKind::Redirect { status, contacts } => {
            let contact =
                |contact: &Contact| format!("{}{}", name(&contact.server, roles), contact.params);
            let contacts: Vec<_> = contacts.iter().map(contact).collect();
            vec![format!("redirect server, answers {status} with {}", contacts.join(", "))]
        }
        RoleKind::Proxy(own) => proxy(own, roles),
        RoleKind::Registrar { answers, config } => {
            let registrar::Config { space, min_expires, max_expires, grant } = config;
            let by = match answers {
                Answers::Itself => "answers REGISTER by itself",
                Answers::Scripted => "REGISTER is answered by the steps",
            };
            let challenge = challenge(space);
            let said = match grant {
                Grant::Parameter => "",
                Grant::Silent => ", and does not say how much",
            };
            let expiry = format!("grants {min_expires} s to {max_expires} s{said}");
            vec![
                "registrar".to_owned(),
                by.to_owned(),
                challenge,
                format!("account {}", space.account.user),
                expiry,
            ]
        }
    };
    if role.user != role.name {
        parts.push(format!("user {}", role.user));
    }
    if !role.outbound.is_empty() {
        let proxies: Vec<_> = role.outbound.iter().map(|one| name(one, roles)).collect();
        parts.push(format!("calls through {}", proxies.join(", ")));
    }
    if let Some(register) = &role.register {
        let at = name(&register.at, roles);
        let Register { account: Account { user, .. }, expires, .. } = register;
        parts.push(format!("can register at {at} as {user} for {expires} s"));
    }
    if role.certificate != Certificate::default() {
        parts.push(format!("shows a certificate that is {}", role.certificate.word()));
    }
    parts.extend(secures(&role.security));
    if !role.rtcp.is_empty() {
        let words: Vec<_> = role.rtcp.iter().map(|what| rtcp::word(*what)).collect();
        parts.push(format!("RTCP: {}", words.join(", ")));
    }
    if !role.withhold.is_empty() {
        let words: Vec<_> = role.withhold.iter().map(|policy| withhold_word(*policy)).collect();
        parts.push(format!("withholds {}", words.join(", ")));
    }
    format!("{}: {}", role.name, parts.join("; "))
}

/// How media is secured, where it is.
fn secures(security: &Security) -> Option<String> {
    let how = match security.keying {
        Keying::Never => return None,
        Keying::Sdes => format!("media secure ({}), with keys in SDP", security.profile),
        Keying::BestEffort => "media secure where the other end can, with keys in SDP".to_owned(),
    };
    let suites: Vec<_> = security.suites.iter().map(|suite| suite.name()).collect();
    let mut said = format!("{how}: {}", suites.join(", "));
    for parameter in &security.parameters {
        said.push_str(", ");
        said.push_str(parameter);
    }
    if !security.mki.is_empty() {
        said.push_str(", with a master key identifier");
    }
    if security.rekey == Rekey::EachOffer {
        said.push_str(", another key with each offer");
    }
    if let Some(first) = security.first_sequence {
        said.push_str(", from sequence number ");
        said.push_str(&first.to_string());
    }
    Some(said)
}

fn proxy(own: &Proxy, roles: &[Role]) -> Vec<String> {
    let stays = match own.record_route {
        RecordRoute::Loose => "record-routes",
        RecordRoute::Strict => "record-routes as a strict router",
        RecordRoute::Absent => "leaves the path of dialogs",
    };
    let forks = match own.fork {
        Fork::Parallel => "tries all targets at once",
        Fork::Sequential => "tries one target after the other",
    };
    let mut parts = vec!["proxy".to_owned(), stays.to_owned(), forks.to_owned()];
    for (user, targets) in &own.routes {
        let targets: Vec<_> = targets.iter().map(|target| name(target, roles)).collect();
        parts.push(format!("{user} is at {}", targets.join(", ")));
    }
    if let Some(registrar) = own.location {
        parts.push(format!("users as {} knows them", name(&Server::Role(registrar), roles)));
    }
    if !own.domains.is_empty() {
        parts.push(format!("for {}", own.domains.join(", ")));
    }
    parts.push(challenge(&own.space));
    parts.push(format!("account {}", own.space.account.user));
    parts.push(format!("timer C {}", time(own.timer_c)));
    parts
}

fn challenge(space: &Space) -> String {
    let Space { realm, algorithms, .. } = space;
    if algorithms.is_empty() {
        return "no challenge".to_owned();
    }
    let names: Vec<_> = algorithms.iter().map(|one| one.name()).collect();
    format!("challenges with {} in realm \"{realm}\"", names.join(", "))
}

fn name<'a>(server: &'a Server, roles: &'a [Role]) -> &'a str {
    match server {
        Server::Role(role) => roles.get(usize::from(role.0)).map_or("", |role| role.name.as_str()),
        Server::Uri(uri) => uri,
    }
}
