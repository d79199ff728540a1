//! A call: its dialog, how far it has come, and what it waits for.

use std::collections::VecDeque;
use std::time::Duration;

use crate::device::redirect::Targets;
use crate::dialog::Dialog;
use crate::digest::Keyring;
use crate::dtmf::info::Kind;
use crate::media::Media;
use crate::provisional::Provisionals;
use crate::sdp::{Agreed, Direction, Local};
use crate::sip::Message;
use crate::transaction::Key;

/// A call in either direction.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) dialog: Dialog,
    pub(crate) phase: Phase,
    /// The other side's URI.
    pub(crate) peer_uri: String,
    /// The INVITE that began it.
    pub(crate) invite: Message,
    /// That INVITE's transaction.
    pub(crate) key: Key,
    /// The device's own description.
    pub(crate) local: Local,
    /// The answer to the caller's offer, until the call is answered; without it the device offers.
    pub(crate) answer: Option<(String, Agreed)>,
    /// When the invitation expires, while it is not answered.
    pub(crate) expires: Option<Duration>,
    /// The device's BYE.
    pub(crate) bye: Option<Key>,
    /// What both descriptions agreed last.
    pub(crate) media: Option<Box<Media>>,
    /// A 2xx of the device's that waits for its ACK.
    pub(crate) unacked: Option<Unacked>,
    /// Where the call may go yet, if the device made it.
    pub(crate) targets: Targets,
    pub(crate) keyring: Keyring,
    /// Digits on their way out in INFO requests.
    pub(crate) infos: Infos,
    /// A re-INVITE of the device's that has no final response.
    pub(crate) reinvite: Option<Reinvite>,
    /// A change that has to wait.
    pub(crate) retry: Option<Retry>,
    /// Provisional responses that are acknowledged.
    pub(crate) provisionals: Provisionals,
}

/// Digits that go out in INFO requests, one at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Infos {
    pub(crate) kind: Option<Kind>,
    pub(crate) digits: VecDeque<char>,
    /// The request that has no final response.
    pub(crate) sent: Option<Key>,
}

/// A re-INVITE of the device's.
#[derive(Clone, Debug)]
pub(crate) struct Reinvite {
    pub(crate) key: Key,
    pub(crate) request: Message,
    /// What it offers, which holds once it is accepted.
    pub(crate) local: Local,
    pub(crate) wish: Direction,
}

/// A change of the session that has to wait: for a time, or for INVITEs under way to be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    pub(crate) at: Option<Duration>,
    pub(crate) wish: Direction,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// Came in; the bell sounds at that time.
    Offered { bell: Duration },
    /// The bell sounds, until that time if there is a limit; the caller is told so again then.
    Ringing { until: Option<Duration>, again: Duration },
    /// Went out; is given up at that time.
    Calling { until: Duration, heard: Heard },
    /// Was given up before it was answered; forgotten at that time.
    Cancelled { until: Duration, heard: Heard },
    /// Both sides talk.
    InCall,
    /// Hung up before the 2xx was acknowledged, which a callee has to wait for.
    Closing,
    /// The device's BYE waits for its answer.
    Leaving,
    /// To be forgotten.
    Over,
}

/// Whether a provisional response has come: before that there may be nothing to cancel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Heard {
    Nothing,
    Provisional,
}

/// A 2xx that is repeated until its ACK comes.
#[derive(Clone, Debug)]
pub(crate) struct Unacked {
    pub(crate) key: Key,
    /// `CSeq` number that the ACK will have.
    pub(crate) number: u32,
    pub(crate) response: Message,
    /// When it is sent again.
    pub(crate) next: Duration,
    pub(crate) interval: Duration,
    /// When the device gives up.
    pub(crate) until: Duration,
    /// Whether the ACK carries the answer to the device's offer.
    pub(crate) offered: bool,
}

impl Call {
    /// Whether it occupies the device.
    pub(crate) const fn is_live(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Cancelled { .. } | Phase::Closing | Phase::Leaving | Phase::Over
        )
    }

    /// Whether the device began it, and so owns its Call-ID.
    pub(crate) fn is_ours(&self) -> bool {
        self.invite.tag("From") == self.dialog.local_tag
    }

    /// When something is due next.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        let phase = match self.phase {
            Phase::Offered { bell } => Some(bell),
            Phase::Ringing { until, again } => Some(until.map_or(again, |until| until.min(again))),
            Phase::Calling { until, .. } | Phase::Cancelled { until, .. } => Some(until),
            Phase::InCall | Phase::Closing | Phase::Leaving | Phase::Over => None,
        };
        let unacked = self.unacked.as_ref().map(|u| u.next.min(u.until));
        let media = self.media.as_ref().map(|media| media.poll_timeout());
        let retry = self.retry.and_then(|retry| retry.at).filter(|_| self.reinvite.is_none());
        let unpracked = self.provisionals.poll_timeout();
        [phase, self.expires, unacked, media, retry, unpracked].into_iter().flatten().min()
    }

    /// The word that `status` has for it.
    pub(crate) const fn status(&self) -> &'static str {
        match self.phase {
            Phase::Offered { .. } | Phase::Ringing { .. } => "ringing",
            Phase::Calling { .. } => "calling",
            Phase::InCall => "in-call",
            Phase::Cancelled { .. } | Phase::Closing | Phase::Leaving | Phase::Over => "idle",
        }
    }
}
