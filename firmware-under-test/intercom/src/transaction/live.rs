//! The transactions that are not over, found by marks that they bear and by when their timers run out.
//!
//! Nothing here goes through all of them: a flood of thousands takes as long a message as a few do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::figure::{Kind, State, Timer};
use super::layer::{Key, Transaction};
use crate::sip::{Message, Via};
use crate::transport::Connection;

/// Transactions that are not over. Where several bear a mark, the newest is found first.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    transactions: BTreeMap<Number, Entry>,
    /// How many there have been.
    begun: Number,
    marked: BTreeMap<Mark, BTreeSet<Number>>,
    /// When the next timer of each runs out that has any.
    due: BTreeSet<(Duration, Reverse<Number>)>,
    /// How many transactions were looked at.
    #[cfg(test)]
    pub(super) looks: std::cell::Cell<usize>,
}

/// What a transaction is found by.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Mark {
    /// Its key.
    Key(Key),
    /// That it is of a request of the device's own, of which there are few.
    Client,
    /// Of one of the server's side, the method of its request and the branch of the top Via, where there
    /// is a Via that can be read.
    Branch(String, Option<String>),
    /// Of an INVITE that came in, its Call-ID.
    Invited(String),
    /// Of one of the server's side, what a request keeps on every way that it takes: Call-ID, `CSeq`,
    /// and tag of From.
    Origin(String, Option<(u32, String)>, String),
    /// That it may have to send on a stream.
    Stream(Connection),
}

#[derive(Clone, Debug)]
struct Entry {
    transaction: Transaction,
    /// Its place in `due`.
    due: Option<Duration>,
}

/// The place of a transaction in the order in which they began.
type Number = u64;

impl Live {
    /// Adds one.
    pub(super) fn add(&mut self, transaction: Transaction) {
        self.begun += 1;
        let number = self.begun;
        for mark in Mark::of(&transaction) {
            self.marked.entry(mark).or_default().insert(number);
        }
        self.transactions.insert(number, Entry { transaction, due: None });
        self.settle(number);
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, key: &Key) -> Option<Transaction> {
        self.take(self.number(key)?)
    }

    /// Whether some transaction bears a mark.
    pub(super) fn has(&self, mark: &Mark) -> bool {
        self.marked.contains_key(mark)
    }

    /// Those that bear a mark.
    pub(super) fn of<'a>(&'a self, mark: &Mark) -> impl Iterator<Item = &'a Transaction> + use<'a> {
        let newest_first = self.marked.get(mark).into_iter().flat_map(|it| it.iter().rev());
        newest_first.filter_map(|number| self.by_number(*number))
    }

    /// The one with that key.
    pub(super) fn get(&self, key: &Key) -> Option<&Transaction> {
        self.by_number(self.number(key)?)
    }

    /// Has something done to the one with that key, which is let go of if it is over then.
    pub(super) fn with(&mut self, key: &Key, act: impl FnOnce(&mut Transaction)) {
        let Some(number) = self.number(key) else { return };
        self.look();
        if let Some(entry) = self.transactions.get_mut(&number) {
            act(&mut entry.transaction);
            self.settle(number);
        }
    }

    /// The timer that runs out next, and whose it is.
    pub(super) fn next_due(&self) -> Option<(Duration, Key, Timer)> {
        let &(_, Reverse(number)) = self.due.first()?;
        let transaction = self.by_number(number)?;
        let &(at, timer) = transaction.due.iter().min_by_key(|(at, _)| *at)?;
        Some((at, transaction.key.clone(), timer))
    }

    /// When that is.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due.first().map(|(at, _)| *at)
    }

    fn number(&self, key: &Key) -> Option<Number> {
        self.marked.get(&Mark::Key(key.clone()))?.last().copied()
    }

    fn by_number(&self, number: Number) -> Option<&Transaction> {
        self.look();
        self.transactions.get(&number).map(|entry| &entry.transaction)
    }

    /// Notes what has become of one.
    fn settle(&mut self, number: Number) {
        let Some(entry) = self.transactions.get_mut(&number) else { return };
        if entry.transaction.state == State::Terminated {
            self.take(number);
            return;
        }
        let next = entry.transaction.due.iter().map(|(at, _)| *at).min();
        let before = std::mem::replace(&mut entry.due, next);
        if before != next {
            before.map(|at| self.due.remove(&(at, Reverse(number))));
            self.due.extend(next.map(|at| (at, Reverse(number))));
        }
    }

    fn take(&mut self, number: Number) -> Option<Transaction> {
        let Entry { transaction, due } = self.transactions.remove(&number)?;
        due.map(|at| self.due.remove(&(at, Reverse(number))));
        for mark in Mark::of(&transaction) {
            if let Some(numbers) = self.marked.get_mut(&mark) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.marked.remove(&mark);
                }
            }
        }
        Some(transaction)
    }

    #[cfg(test)]
    fn look(&self) {
        self.looks.set(self.looks.get() + 1);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests count here")]
    const fn look(&self) {}
}

impl Mark {
    /// Where a request would go astray that has the branch of `request`.
    pub(super) fn branch(method: &str, request: &Message) -> Self {
        Self::Branch(method.to_owned(), branch(request))
    }

    /// What `request` has in common with itself on another way.
    pub(super) fn origin(request: &Message) -> Self {
        let cseq = request.cseq().map(|(number, method)| (number, method.to_owned()));
        Self::Origin(request.call_id().to_owned(), cseq, request.tag("From"))
    }

    /// The marks of a transaction.
    fn of(transaction: &Transaction) -> impl Iterator<Item = Self> + use<> {
        let Transaction { key, kind, request, hop, .. } = transaction;
        let server = || [Self::branch(request.method(), request), Self::origin(request)];
        let (first, others) = match kind {
            Kind::ClientInvite | Kind::Client => (Some(Self::Client), None),
            Kind::Server => (None, Some(server())),
            Kind::ServerInvite => {
                (Some(Self::Invited(request.call_id().to_owned())), Some(server()))
            }
        };
        let stream = hop.connection.map(Self::Stream);
        [Self::Key(key.clone())]
            .into_iter()
            .chain(first)
            .chain(others.into_iter().flatten())
            .chain(stream)
    }
}

/// The branch of the top Via; `None` where there is no Via that can be read.
pub(super) fn branch(message: &Message) -> Option<String> {
    let via = message.headers.list("Via").first().and_then(|via| Via::parse(via));
    via.map(|via| via.branch().to_owned())
}
