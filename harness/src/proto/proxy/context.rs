//! The response context of a request: its branches, and which response goes back (RFC 3261 §16.7).

use super::Fork;
use crate::proto::transport::ClientKey;
use crate::time::Tick;
use crate::wire::sip::Message;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// A request that a proxy has under way.
#[derive(Clone, Debug)]
pub struct Context {
    method: String,
    branches: Vec<Branch>,
    /// Targets that have not been tried.
    left: VecDeque<String>,
    timer_c: Duration,
    course: Course,
}

/// One copy of the request.
#[derive(Clone, Debug)]
struct Branch {
    /// Its client transaction; absent where it could not be sent.
    key: Option<ClientKey>,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// No response has come.
    Trying { until: Tick, cancel: Cancel },
    /// A provisional response has come.
    Ringing { until: Tick },
    /// It has been cancelled.
    Cancelled,
    /// This came in the end; without a message where it is of our own making.
    Over { status: u16, response: Option<Arc<Message>> },
}

/// Whether a branch is to be cancelled as soon as it can be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cancel {
    Wanted,
    NotWanted,
}

/// Whether the request has its final response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Course {
    Open,
    Answered,
}

/// What a proxy does next about a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Forwards it to this target.
    Try(String),
    /// Sends this response back, with these header fields of others added.
    Forward(Arc<Message>, Vec<(String, String)>),
    /// Answers with a response of its own.
    Answer(u16),
    /// Cancels the branch of this transaction.
    Cancel(ClientKey),
}

impl Context {
    /// A request of `method` for `targets`, best first; also what to do at once.
    pub fn new(
        method: &str,
        targets: Vec<String>,
        fork: Fork,
        timer_c: Duration,
    ) -> (Self, Vec<Act>) {
        let mut left: VecDeque<_> = targets.into();
        let at_once = match fork {
            Fork::Parallel => left.len(),
            Fork::Sequential => 1.min(left.len()),
        };
        let acts = left.drain(..at_once).map(Act::Try).collect();
        let method = method.to_owned();
        (Self { method, branches: Vec::new(), left, timer_c, course: Course::Open }, acts)
    }

    /// Adds the branch of a client transaction that has just begun.
    pub fn add(&mut self, now: Tick, key: Option<ClientKey>) {
        let until = now + self.timer_c;
        let state = State::Trying { until, cancel: Cancel::NotWanted };
        self.branches.push(Branch { key, state });
    }

    /// Whether a transaction is one of its branches.
    pub fn holds(&self, key: &ClientKey) -> bool {
        self.branches.iter().any(|branch| branch.key.as_ref() == Some(key))
    }

    /// Takes a response to the branch of `key`.
    pub fn handle_response(
        &mut self,
        now: Tick,
        key: &ClientKey,
        status: u16,
        response: &Arc<Message>,
    ) -> Vec<Act> {
        let timer_c = self.timer_c;
        let open = self.course == Course::Open;
        let forward = Act::Forward(response.clone(), Vec::new());
        let Some(branch) = self.branch(key) else { return Vec::new() };
        match (status, &branch.state) {
            (..200, State::Trying { cancel: Cancel::Wanted, .. }) => {
                branch.state = State::Cancelled;
                vec![Act::Cancel(key.clone())]
            }
            (..200, State::Trying { .. } | State::Ringing { .. }) => {
                //= RFC 3261 §16.7
                branch.state = State::Ringing { until: now + timer_c };
                if status > 100 && open { vec![forward] } else { Vec::new() }
            }
            (..200, State::Cancelled) if status > 100 && open => vec![forward],
            (..200, State::Cancelled | State::Over { .. }) => Vec::new(),
            (200..300, _) => {
                branch.state = State::Over { status, response: Some(response.clone()) };
                self.course = Course::Answered;
                let passes = open || self.method == "INVITE";
                //= RFC 3261 §16.7
                passes.then_some(forward).into_iter().chain(self.cancel()).collect()
            }
            (300.., State::Over { .. }) => Vec::new(),
            (300.., _) => self.fail(key, status, Some(response)),
        }
    }

    /// Takes the news that the branch of `key` got no final response: as 408, or 503 where it could
    /// not even be sent.
    pub fn handle_failure(&mut self, key: &ClientKey, status: u16) -> Vec<Act> {
        match self.branch(key) {
            Some(Branch { state: State::Over { .. }, .. }) | None => Vec::new(),
            Some(_) => self.fail(key, status, None),
        }
    }

    /// Takes the news that a target could not be tried at all.
    pub fn handle_unsendable(&mut self) -> Vec<Act> {
        let state = State::Over { status: 503, response: None };
        self.branches.push(Branch { key: None, state });
        self.conclude()
    }

    /// Cancels what is under way, and tries nothing more.
    pub fn cancel(&mut self) -> Vec<Act> {
        self.left.clear();
        let mut acts = Vec::new();
        if self.method != "INVITE" {
            return acts;
        }
        for branch in &mut self.branches {
            match &mut branch.state {
                State::Trying { cancel, .. } => *cancel = Cancel::Wanted,
                State::Ringing { .. } => {
                    branch.state = State::Cancelled;
                    acts.extend(branch.key.clone().map(Act::Cancel));
                }
                State::Cancelled | State::Over { .. } => {}
            }
        }
        acts
    }

    /// Ends the branches that have rung for too long.
    pub fn handle_timeout(&mut self, now: Tick) -> Vec<Act> {
        let mut acts = Vec::new();
        //= RFC 3261 §16.8
        for at in 0..self.branches.len() {
            let Some(branch) = self.branches.get_mut(at) else { break };
            match (&branch.state, branch.key.clone()) {
                (State::Ringing { until }, Some(key)) if *until <= now => {
                    branch.state = State::Cancelled;
                    acts.push(Act::Cancel(key));
                }
                (State::Trying { until, .. }, Some(key)) if *until <= now => {
                    acts.extend(self.fail(&key, 408, None));
                }
                _ => {}
            }
        }
        acts
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next, if ever.
    pub fn poll_timeout(&self) -> Option<Tick> {
        let due = self.branches.iter().filter_map(|branch| match branch.state {
            State::Trying { until, .. } | State::Ringing { until } => Some(until),
            State::Cancelled | State::Over { .. } => None,
        });
        due.min().filter(|_| self.method == "INVITE")
    }

    fn branch(&mut self, key: &ClientKey) -> Option<&mut Branch> {
        self.branches.iter_mut().find(|branch| branch.key.as_ref() == Some(key))
    }

    fn fail(&mut self, key: &ClientKey, status: u16, response: Option<&Arc<Message>>) -> Vec<Act> {
        if let Some(branch) = self.branch(key) {
            branch.state = State::Over { status, response: response.cloned() };
        }
        //= RFC 3261 §16.7
        let mut acts = if status >= 600 { self.cancel() } else { Vec::new() };
        acts.extend(self.conclude());
        acts
    }

    /// What follows once no branch is open any more.
    fn conclude(&mut self) -> Vec<Act> {
        let over = |branch: &Branch| matches!(branch.state, State::Over { .. });
        if self.course == Course::Answered || !self.branches.iter().all(over) {
            return Vec::new();
        }
        if let Some(next) = self.left.pop_front() {
            return vec![Act::Try(next)];
        }
        self.course = Course::Answered;
        self.best().into_iter().collect()
    }

    /// The final response that goes back when every branch has failed.
    fn best(&self) -> Option<Act> {
        let failed = self.branches.iter().filter_map(|branch| match &branch.state {
            State::Over { status, response } => Some((*status, response)),
            State::Trying { .. } | State::Ringing { .. } | State::Cancelled => None,
        });
        let (status, response) = failed.min_by_key(|(status, _)| rank(*status))?;
        //= RFC 3261 §16.7
        Some(match response {
            Some(response) if status != 503 => {
                Act::Forward(response.clone(), self.challenges(response))
            }
            Some(_) => Act::Answer(500),
            None if status == 503 => Act::Answer(500),
            None => Act::Answer(status),
        })
    }

    /// The challenges of the other branches, where `best` is one.
    fn challenges(&self, best: &Arc<Message>) -> Vec<(String, String)> {
        if !matches!(best.status(), Some(401 | 407)) {
            return Vec::new();
        }
        let others = self.branches.iter().filter_map(|branch| match &branch.state {
            State::Over { status: 401 | 407, response } => response.as_ref(),
            State::Trying { .. }
            | State::Ringing { .. }
            | State::Cancelled
            | State::Over { .. } => None,
        });
        let fields = others.filter(|other| !Arc::ptr_eq(other, best)).flat_map(|other| {
            let asks = ["WWW-Authenticate", "Proxy-Authenticate"];
            asks.into_iter().flat_map(|name| other.fields(name))
        });
        fields.map(|field| (field.name.clone(), field.value.clone())).collect()
    }
}

/// What is better to tell the caller comes first: a 6xx, else the lowest class, and in it what
/// helps him to do better.
fn rank(status: u16) -> (u16, u16) {
    match status {
        600.. => (0, status),
        401 | 407 | 415 | 420 | 484 => (4, 0),
        _ => (status / 100, status),
    }
}

#[cfg(test)]
mod tests;
