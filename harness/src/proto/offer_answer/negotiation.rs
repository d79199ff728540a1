//! The exchange of descriptions in one dialog.

use super::capability::Capability;
use super::security::Rekey;
use super::session::{Answerer, Session};
use crate::proto::policy::SessionSpec;
use crate::wire::sdp::{self, SessionDraft};

/// The exchange of descriptions in one dialog.
///
/// What a message of ours says is composed here, but becomes part of the exchange only when
/// `sent_*` is told what has really gone out, for a scenario may have changed it.
#[derive(Clone, Debug)]
pub struct Negotiation {
    capability: Capability,
    session_id: u64,
    version: u64,
    /// The description composed last.
    composed: Option<Vec<u8>>,
    our_offer: Option<sdp::Session>,
    their_offer: Option<sdp::Session>,
    session: Option<Session>,
}

impl Negotiation {
    /// Nothing said yet.
    pub const fn new(capability: Capability, session_id: u64) -> Self {
        Self {
            capability,
            session_id,
            version: session_id,
            composed: None,
            our_offer: None,
            their_offer: None,
            session: None,
        }
    }

    /// An offer as `spec` wants it; `None` if it wants none.
    pub fn offer(&mut self, spec: &SessionSpec) -> Option<Vec<u8>> {
        match spec {
            SessionSpec::Without => None,
            SessionSpec::Text(text) => Some(text.clone().into_bytes()),
            SessionSpec::Usual | SessionSpec::With { .. } => {
                let capability = self.capability.clone();
                // A new key is a change; known beforehand, for the key comes from the version.
                let rekeyed = capability.security.rekey == Rekey::EachOffer;
                if rekeyed && let Some(last) = &mut self.composed {
                    last.clear();
                }
                self.compose(|draft| Some(capability.offer(spec, draft)))
            }
        }
    }

    /// An answer to the peer's offer as `spec` wants it; `None` if it wants none, or if no offer
    /// is open, or if there is no codec in common.
    pub fn answer(&mut self, spec: &SessionSpec) -> Option<Vec<u8>> {
        match spec {
            SessionSpec::Without => None,
            SessionSpec::Text(text) => Some(text.clone().into_bytes()),
            SessionSpec::Usual | SessionSpec::With { .. } => {
                let offer = self.their_offer.clone()?;
                let capability = self.capability.clone();
                self.compose(|draft| capability.answer(spec, &offer, draft))
            }
        }
    }

    /// Takes an offer that we have sent.
    pub fn sent_offer(&mut self, offer: sdp::Session) {
        self.our_offer = Some(offer);
    }

    /// Takes an answer that we have sent. The offer stays open for the final response to repeat.
    pub fn sent_answer(&mut self, answer: &sdp::Session) {
        if let Some(offer) = &self.their_offer {
            self.session = Session::agree(answer, offer, Answerer::Us);
        }
    }

    /// Takes an offer of the peer.
    pub fn received_offer(&mut self, offer: sdp::Session) {
        self.their_offer = Some(offer);
    }

    /// Takes an answer of the peer, early or final.
    pub fn received_answer(&mut self, answer: &sdp::Session) {
        if let Some(offer) = &self.our_offer {
            self.session = Session::agree(offer, answer, Answerer::Them);
        }
    }

    /// Forgets the offers: the exchange is over, or came to nothing.
    pub fn close(&mut self) {
        self.our_offer = None;
        self.their_offer = None;
    }

    /// Ends the session.
    pub fn end(&mut self) {
        self.close();
        self.session = None;
    }

    /// Whether an offer of the peer waits for an answer.
    pub const fn has_their_offer(&self) -> bool {
        self.their_offer.is_some()
    }

    /// Whether an offer of ours waits for an answer.
    pub const fn has_our_offer(&self) -> bool {
        self.our_offer.is_some()
    }

    /// What is agreed.
    pub const fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    fn compose(&mut self, write: impl Fn(SessionDraft) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut draft = SessionDraft::new(self.capability.rtp.ip(), self.session_id);
        draft.version = self.version;
        let mut bytes = write(draft.clone())?;
        //= RFC 3264 §8
        if self.composed.as_ref().is_some_and(|last| *last != bytes) {
            self.version += 1;
            draft.version = self.version;
            bytes = write(draft)?;
        }
        self.composed = Some(bytes.clone());
        Some(bytes)
    }
}

#[cfg(test)]
mod tests;
