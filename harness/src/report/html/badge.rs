//! A verdict as a word with a sign, so that colour is not its only carrier.

use crate::verdict::Verdict;
use std::fmt;

/// A verdict to be shown; displays as HTML.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Badge {
    verdict: Verdict,
    pub(in crate::report) word: &'static str,
    pub(in crate::report) glyph: &'static str,
}

impl Badge {
    pub(in crate::report) const fn new(verdict: Verdict) -> Self {
        let (word, glyph) = match verdict {
            Verdict::None => ("none", "–"),
            Verdict::Pass => ("pass", "✓"),
            Verdict::Inconclusive => ("inconclusive", "?"),
            Verdict::Fail => ("fail", "✗"),
            Verdict::Error => ("error", "!"),
        };
        Self { verdict, word, glyph }
    }

    /// The badge of the worse of both.
    pub(super) fn worse(self, verdict: Verdict) -> Self {
        Self::new(self.verdict.merge(verdict))
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { word, glyph, .. } = self;
        write!(
            f,
            "<span class=\"badge {word}\"><span aria-hidden=\"true\">{glyph}</span> {word}</span>"
        )
    }
}
