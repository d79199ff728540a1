//! The postamble: ending whatever is up, correctly.

use super::Phase;
use super::call::{Ack, Answered};
use super::client::{Client, Mark};
use super::server::{self, Server};
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
        let open: Vec<u32> = self.servers.open().map(|(_, server)| server.id).collect();
        for id in open {
            self.answer_by_default(now, RequestId(id));
        }
        self.close_calls(now);
        self.unregister(now);
    }

    /// Takes every call and INVITE of ours one step nearer to its end.
    pub(super) fn close_calls(&mut self, now: Tick) {
        //= RFC 3261 §9.1
        let proceeding = self.clients.open().filter(|(_, client)| client.is_proceeding());
        for at in proceeding.map(|(at, _)| at).collect::<Vec<_>>() {
            if !self.has_cancel(at) {
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
        self.clients
            .of(&Mark::Method("CANCEL".to_owned()))
            .any(|(_, client)| client.request.top_via() == invite.request.top_via())
    }

    fn has_bye(&self, call: usize) -> bool {
        let theirs = |(_, server): (usize, &Server)| server.method == "BYE" && server.is_open();
        let ours = |(_, client): (usize, &Client)| client.method == "BYE";
        self.clients.of(&Mark::Call(call)).any(ours)
            || self.servers.of(&server::Mark::Call(call)).any(theirs)
    }

    /// Whether a re-INVITE of ours is under way in the call.
    pub(super) fn has_invite(&self, call: usize) -> bool {
        let ours = |(_, client): (usize, &Client)| client.method == "INVITE" && client.is_open();
        self.clients.of(&Mark::Call(call)).any(ours)
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
