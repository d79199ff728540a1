//! The postamble: ending whatever is up, correctly.

use super::Phase;
use super::call::{Ack, Answered};
use super::client::Client;
use super::server::Server;
use super::{RequestId, RequestSpec, Target, UserAgent};
use crate::proto::dialog::State;
use crate::proto::policy::{DialogUse, SessionSpec};
use crate::proto::transport::Hop;
use crate::time::Tick;
use crate::wire::edits::Edits;

impl UserAgent {
    /// Ends whatever is up, correctly, and from now on withholds nothing and answers everything by
    /// default: rejects or answers what waits, cancels or acknowledges our INVITEs, sends BYE, removes
    /// its registration.
    ///
    /// Go on driving it until [`is_idle`](Self::is_idle).
    pub fn hang_up(&mut self, now: Tick) {
        self.phase = Phase::Closing;
        let open: Vec<u32> = self.servers.iter().filter(|s| s.is_open()).map(|s| s.id).collect();
        for id in open {
            self.answer_by_default(now, RequestId(id));
        }
        self.close_calls(now);
        self.unregister(now);
    }

    /// Takes every call and INVITE of ours one step nearer to its end.
    pub(super) fn close_calls(&mut self, now: Tick) {
        //= RFC 3261 §9.1
        for at in 0..self.clients.len() {
            let proceeding = self.clients.get(at).is_some_and(Client::is_proceeding);
            if proceeding && !self.has_cancel(at) {
                self.cancel_client(now, at, &plain("CANCEL"));
            }
        }
        for at in 0..self.calls.len() {
            let Some(call) = self.calls.get(at) else { return };
            let up = call.dialog.state != State::Terminated;
            if up && matches!(call.ack, Ack::Due(_)) {
                self.acknowledge_call(at, &Edits::default(), &SessionSpec::Usual);
            }
            let Some(call) = self.calls.get(at) else { return };
            //= RFC 3261 §15
            let waits = matches!(call.answered, Answered::Waiting { .. });
            let confirmed = call.dialog.state == State::Confirmed;
            if confirmed && !waits && !self.has_bye(at) && !self.has_invite(at) {
                // Refused is only what lacks something that a BYE does not need.
                let _ = self.request_inside(now, &plain("BYE"), at);
            }
        }
    }

    /// Whether the INVITE at `at` has been cancelled.
    fn has_cancel(&self, at: usize) -> bool {
        let Some(invite) = self.clients.get(at) else { return false };
        self.clients.iter().any(|client| {
            client.method == "CANCEL" && client.request.top_via() == invite.request.top_via()
        })
    }

    fn has_bye(&self, call: usize) -> bool {
        let theirs = |server: &Server| {
            server.method == "BYE" && server.standing.call() == Some(call) && server.is_open()
        };
        let ours = |client: &Client| client.method == "BYE" && client.call == Some(call);
        self.clients.iter().any(ours) || self.servers.iter().any(theirs)
    }

    /// Whether a re-INVITE of ours is under way in the call.
    fn has_invite(&self, call: usize) -> bool {
        let ours = |client: &Client| {
            client.method == "INVITE" && client.call == Some(call) && client.is_open()
        };
        self.clients.iter().any(ours)
    }
}

/// A request in a dialog, with nothing special about it.
pub(super) fn plain(method: &str) -> RequestSpec {
    RequestSpec {
        method: method.to_owned(),
        target: Target { uri: String::new(), hop: Hop::udp(([0, 0, 0, 0], 0).into()) },
        dialog: DialogUse::Current,
        edits: Edits::default(),
        session: SessionSpec::Usual,
    }
}
