//! Calling where a 3xx says: RFC 3261 §8.1.3.4.

use std::time::Duration;

use super::Device;
use super::target::Formed;
use crate::call::Call;
use crate::defects::Defect;
use crate::sip::{Address, Message};

/// The target set of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    /// Every URI that has been in it.
    known: Vec<String>,
    /// Those that have not been tried, best first.
    left: Vec<String>,
    /// The header fields that the URI at hand asks for, where the device puts them into its INVITE.
    pub(super) headers: String,
    /// Whether the device has called once more where it should not.
    once_more: bool,
    /// The To of the call, without a tag: it stays the same.
    pub(super) to: String,
    /// The route that an INVITE to the target at hand has.
    pub(super) routes: Vec<String>,
}

impl Targets {
    /// The target set of a call to `uri`, whose To is `to`, by way of `routes`.
    pub(crate) fn of(uri: &str, to: String, routes: Vec<String>) -> Self {
        Self { known: vec![uri.to_owned()], to, routes, ..Self::default() }
    }

    /// Whether it is the first time that the device calls again where it should not.
    pub(super) fn tries_once_more(&mut self) -> bool {
        !std::mem::replace(&mut self.once_more, true)
    }
}

impl Device {
    /// Takes the contacts of a 3xx into the target set, and calls the best that is left; false if
    /// there is none.
    pub(super) fn follow(&mut self, now: Duration, call: &mut Call, response: &Message) -> bool {
        if self.defects.has(Defect::REDIRECT_NOT_FOLLOWED) {
            return false;
        }
        let contacts = response.headers.list("Contact");
        let mut contacts: Vec<_> = contacts.into_iter().filter_map(Address::parse).collect();
        contacts.sort_by_key(|contact| std::cmp::Reverse(preference(contact)));
        if self.defects.has(Defect::REDIRECT_FIRST_CONTACT_ONLY) {
            contacts.truncate(1);
        }
        let again = self.defects.has(Defect::REDIRECT_SAME_TARGET_AGAIN);
        for contact in contacts {
            let Targets { known, left, .. } = &mut call.targets;
            //= RFC 3261 §8.1.3.4
            if (again && known.len() < MOST) || !known.contains(&contact.uri_text) {
                known.push(contact.uri_text.clone());
                left.push(contact.uri_text);
            }
        }
        self.try_next(now, call)
    }

    /// Calls the next of the targets that are left; false if there is none.
    pub(super) fn try_next(&mut self, now: Duration, call: &mut Call) -> bool {
        while !call.targets.left.is_empty() {
            let target = call.targets.left.remove(0);
            let Ok(Formed { uri: target, headers }) = self.formed(&target, "INVITE") else {
                continue;
            };
            let Ok(hop) = self.next_hop(&target) else { continue };
            call.targets.headers = headers;
            self.detour = call.targets.known.first().cloned().map(|first| (first, target.clone()));
            self.log(now, &format!("call: redirected to {target}"));
            call.dialog.hop = hop;
            call.targets.routes.clear();
            if !self.defects.has(Defect::REDIRECT_KEEPS_REQUEST_URI) {
                call.peer_uri = target;
            }
            call.keyring.begin();
            self.invite_anew(now, call, None);
            return true;
        }
        false
    }
}

/// The `q` of a contact in thousandths; 1 where it has none.
fn preference(contact: &Address) -> u32 {
    let q = contact.params.get("q").unwrap_or("1");
    let (whole, part) = q.split_once('.').unwrap_or((q, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    whole.parse().unwrap_or(1_u32).min(1) * 1_000 + part.parse().unwrap_or(0)
}

/// How many targets a call that goes round in circles may have.
const MOST: usize = 4;
