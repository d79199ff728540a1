//! Asking others what they can do: RFC 3261 §11.1.

use std::time::Duration;

use super::Device;
use super::departures::{QUERY, depart};
use super::outgoing::plain;
use super::session::Head;
use crate::defects::Defect;
use crate::digest::{Keyring, Outcome};
use crate::sip::{Message, Start, Uri};
use crate::transaction::Key;
use crate::transport::{Hop, Transport};

/// An OPTIONS that waits for an answer.
#[derive(Clone, Debug)]
pub(super) struct Query {
    key: Key,
    target: String,
    hop: Hop,
    head: Head,
    keyring: Keyring,
}

impl Device {
    /// Asks `uri`.
    ///
    /// # Errors
    ///
    /// Says why the URI cannot be asked.
    pub(super) fn query(&mut self, now: Duration, uri: &str) -> Result<(), String> {
        let target = self.formed(uri, "OPTIONS")?.uri;
        let hop = self.next_hop(&target)?;
        let own = self.own_uri("intercom", Transport::Udp, false);
        let account = self.settings.account.as_ref();
        let own = account.map_or(own, |account| plain(&account.aor));
        let head = Head {
            from: format!("<{own}>;tag={}", self.token()),
            to: format!("<{}>", plain(uri)),
            call_id: format!("{}@{}", self.token(), self.config.sip.ip()),
            number: 1,
        };
        let options = self.options(&target, hop, &head);
        self.log(now, &format!("query: asking {uri}"));
        if self.defects.has(Defect::QUERY_NOT_REPEATED) {
            self.send_sip(now, hop, None, options.to_bytes());
            return Ok(());
        }
        let key = self.send_request(now, options, hop);
        self.queries.push(Query { key, target, hop, head, keyring: Keyring::default() });
        Ok(())
    }

    /// Takes a response if it is to an OPTIONS of the device's.
    pub(super) fn handle_query_response(
        &mut self,
        now: Duration,
        key: &Key,
        response: &Message,
    ) -> bool {
        let Some(at) = self.queries.iter().position(|query| query.key == *key) else {
            return false;
        };
        if let Start::Response { code: code @ 200.., reason } = &response.start {
            let query = self.queries.remove(at);
            if !matches!(code, 401 | 407) || !self.ask_again(now, query, response) {
                self.log(now, &format!("query: {code} {reason}"));
            }
        }
        true
    }

    /// Takes the silence after an OPTIONS.
    pub(super) fn handle_query_unanswered(&mut self, now: Duration, key: &Key) -> bool {
        let Some(at) = self.queries.iter().position(|query| query.key == *key) else {
            return false;
        };
        self.queries.remove(at);
        self.log(now, "query: no response");
        true
    }

    /// Answers a challenge; false where it cannot be.
    //= RFC 3261 §22.2
    fn ask_again(&mut self, now: Duration, mut query: Query, response: &Message) -> bool {
        let Some(account) = self.settings.account.clone() else { return false };
        if query.keyring.take(response, &self.defects) == Outcome::Rejected
            || self.defects.has(Defect::QUERY_CHALLENGE_IGNORED)
        {
            return false;
        }
        if !self.defects.has(Defect::QUERY_CSEQ_STUCK) {
            query.head.number += 1;
        }
        if self.defects.has(Defect::QUERY_NEW_CALL_ID) {
            query.head.call_id = format!("{}@{}", self.token(), self.config.sip.ip());
        }
        let mut options = self.options(&query.target, query.hop, &query.head);
        self.authenticate(&account, &mut query.keyring, &mut options);
        query.key = self.send_request(now, options, query.hop);
        self.queries.push(query);
        true
    }

    fn options(&mut self, target: &str, hop: Hop, head: &Head) -> Message {
        let mut options = self.request("OPTIONS", target, &[], hop.transport, head);
        let secure = Uri::parse(target).is_some_and(|uri| uri.is_secure());
        options.headers.push("Contact", self.contact(hop.transport, secure));
        options.headers.push("Accept", "application/sdp");
        depart(&self.defects, QUERY, &mut options);
        options
    }
}
