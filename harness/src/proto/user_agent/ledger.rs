//! The transactions of one side, found by marks that they bear and by when they are due.
//!
//! Nothing that happens for every message or timeout goes through all of them: a flood of thousands
//! takes as long a message as a few do.

use crate::time::Tick;
use std::collections::{BTreeMap, BTreeSet};

/// A transaction, as a ledger sees it.
pub(super) trait Listed {
    /// What it is found by.
    type Mark: Ord;

    /// Its marks, which never change.
    fn marks(&self) -> Vec<Self::Mark>;

    /// When it has something to do by the clock.
    fn due(&self) -> Option<Tick>;

    /// How far it is.
    fn stage(&self) -> Stage;
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// There is no final response yet.
    Open,
    /// There is one, and it may come or be asked for again.
    Answered,
    /// Over.
    Over,
}

/// The transactions of one side, in the order in which they began. The place of each is its own for
/// good.
#[derive(Clone, Debug)]
pub(super) struct Ledger<T: Listed> {
    rows: BTreeMap<usize, Row<T>>,
    /// How many there have been.
    begun: usize,
    marked: BTreeMap<T::Mark, BTreeSet<usize>>,
    due: BTreeSet<(Tick, usize)>,
    open: BTreeSet<usize>,
    over: BTreeSet<usize>,
    /// How many were looked at.
    #[cfg(test)]
    pub(super) looks: std::cell::Cell<usize>,
}

#[derive(Clone, Debug)]
struct Row<T> {
    listed: T,
    /// Where it stands in the sets of the ledger.
    due: Option<Tick>,
    stage: Stage,
}

impl<T: Listed> Default for Ledger<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            begun: 0,
            marked: BTreeMap::new(),
            due: BTreeSet::new(),
            open: BTreeSet::new(),
            over: BTreeSet::new(),
            #[cfg(test)]
            looks: std::cell::Cell::default(),
        }
    }
}

impl<T: Listed> Ledger<T> {
    /// Adds one.
    pub(super) fn push(&mut self, listed: T) {
        let at = self.begun;
        self.begun += 1;
        for mark in listed.marks() {
            self.marked.entry(mark).or_default().insert(at);
        }
        let row = Row { listed, due: None, stage: Stage::Answered };
        self.rows.insert(at, row);
        self.settle(at);
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, at: usize) -> Option<T> {
        let Row { listed, due, .. } = self.rows.remove(&at)?;
        for mark in listed.marks() {
            if let Some(places) = self.marked.get_mut(&mark) {
                places.remove(&at);
                if places.is_empty() {
                    self.marked.remove(&mark);
                }
            }
        }
        due.map(|due| self.due.remove(&(due, at)));
        self.open.remove(&at);
        self.over.remove(&at);
        Some(listed)
    }

    /// Has something done to one.
    pub(super) fn change<R>(&mut self, at: usize, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.look();
        let done = act(&mut self.rows.get_mut(&at)?.listed);
        self.settle(at);
        Some(done)
    }

    /// The one at a place.
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.look();
        self.rows.get(&at).map(|row| &row.listed)
    }

    /// Those that bear a mark.
    pub(super) fn of<'a>(
        &'a self,
        mark: &T::Mark,
    ) -> impl DoubleEndedIterator<Item = (usize, &'a T)> + use<'a, T> {
        self.these(self.marked.get(mark))
    }

    /// Those without a final response.
    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = (usize, &T)> {
        self.these(Some(&self.open))
    }

    /// All of them.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = (usize, &T)> {
        self.rows.iter().map(|(at, row)| {
            self.look();
            (*at, &row.listed)
        })
    }

    /// The places of those that are over.
    pub(super) fn over(&self) -> Vec<usize> {
        self.over.iter().copied().collect()
    }

    /// The places of those that have something to do at or before `now`.
    pub(super) fn due(&self, now: Tick) -> Vec<usize> {
        let mut due: Vec<usize> =
            self.due.range(..=(now, usize::MAX)).map(|(_, place)| *place).collect();
        due.sort_unstable();
        due
    }

    /// When the next has something to do.
    pub(super) fn next_due(&self) -> Option<Tick> {
        self.due.first().map(|(at, _)| *at)
    }

    fn these<'a>(
        &'a self,
        places: Option<&'a BTreeSet<usize>>,
    ) -> impl DoubleEndedIterator<Item = (usize, &'a T)> {
        let places = places.into_iter().flatten();
        places.filter_map(|at| Some((*at, self.get(*at)?)))
    }

    /// Notes what has become of one.
    fn settle(&mut self, at: usize) {
        let Some(row) = self.rows.get_mut(&at) else { return };
        let due = row.listed.due();
        if due != row.due {
            row.due.map(|before| self.due.remove(&(before, at)));
            self.due.extend(due.map(|due| (due, at)));
            row.due = due;
        }
        let stage = row.listed.stage();
        if stage != row.stage {
            self.open.remove(&at);
            self.over.remove(&at);
            match stage {
                Stage::Open => self.open.insert(at),
                Stage::Over => self.over.insert(at),
                Stage::Answered => false,
            };
            row.stage = stage;
        }
    }

    #[cfg(test)]
    fn look(&self) {
        self.looks.set(self.looks.get() + 1);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests count here")]
    const fn look(&self) {}
}
