//! Scenario text and places in it.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// The text of one file. Reading files is the caller's business.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Source {
    /// The path by which diagnostics name it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A stretch of a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    source: Arc<Source>,
    bytes: Range<usize>,
}

impl Place {
    /// The stretch `bytes` of `source`, moved outwards to whole characters.
    pub fn new(source: Arc<Source>, bytes: Range<usize>) -> Self {
        let text = &source.text;
        let start = floor(text, bytes.start);
        let end = ceil(text, bytes.end.max(start));
        Self { source, bytes: start..end }
    }

    /// The path of the file.
    pub fn path(&self) -> &str {
        &self.source.path
    }

    /// The whole text of the file.
    pub fn source(&self) -> &str {
        &self.source.text
    }

    /// Offsets in bytes from the start of the file.
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// The text of the stretch.
    pub fn text(&self) -> &str {
        self.source.text.get(self.bytes()).unwrap_or_default()
    }

    /// The line on which it starts, counted from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column at which it starts, in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.before().rsplit('\n').next().unwrap_or_default().chars().count() + 1
    }

    /// A stretch of the same file.
    #[must_use]
    pub fn with(&self, bytes: Range<usize>) -> Self {
        Self::new(Arc::clone(&self.source), bytes)
    }

    fn before(&self) -> &str {
        self.source.text.get(..self.bytes.start).unwrap_or_default()
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.path(), self.bytes.start, self.bytes.end).cmp(&(
            other.path(),
            other.bytes.start,
            other.bytes.end,
        ))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}
