//! Where diagnostics are collected.

use super::code::{Code, Severity};
use super::diagnostic::Diagnostic;
use super::source::Place;

/// The diagnostics found so far.
#[derive(Debug, Default)]
pub(super) struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Adds a diagnostic, and returns it so that help can be added.
    pub(super) fn add(
        &mut self,
        code: Code,
        place: &Place,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        let at = self.found.len();
        self.found.push(Diagnostic {
            code,
            place: place.clone(),
            title: title.into(),
            label: label.into(),
            help: None,
            related: Vec::new(),
        });
        #[expect(clippy::indexing_slicing, reason = "pushed just above")]
        &mut self.found[at]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether the file cannot be run.
    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(|each| each.severity() == Severity::Error)
    }

    /// The diagnostics since there were `len` of them.
    pub(super) fn since(&mut self, len: usize) -> impl Iterator<Item = &mut Diagnostic> {
        self.found.iter_mut().skip(len)
    }

    /// Everything that was found, in the order of the files, each once.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        tidy(self.found)
    }
}

impl Diagnostic {
    /// Adds how to mend it.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds how to mend it, where there is anything to say.
    pub(super) fn maybe_help(&mut self, help: Option<String>) -> &mut Self {
        self.help = help.or_else(|| self.help.take());
        self
    }

    /// Adds another place that has to do with it.
    pub(super) fn related(&mut self, place: &Place, label: impl Into<String>) -> &mut Self {
        self.related.push((place.clone(), label.into()));
        self
    }
}

/// Sorts by place and drops what is said twice.
pub(super) fn tidy(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let key = |each: &Diagnostic| (each.place.clone(), each.code, each.title.clone());
    found.sort_by_cached_key(key);
    found.dedup_by(|a, b| a.code == b.code && a.place == b.place && a.title == b.title);
    found
}

/// "Did you mean", where one of the known words is near `word`; else all of them, if they are few.
pub(super) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let known: Vec<_> = known.into_iter().collect();
    let lower = word.to_lowercase();
    let near = known
        .iter()
        .map(|each| (strsim::damerau_levenshtein(&lower, &each.to_lowercase()), *each))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, each)| *distance <= (each.chars().count() / 3).max(1));
    match near {
        Some((_, each)) => Some(format!("did you mean `{each}`?")),
        None if known.is_empty() || known.len() > 24 => None,
        None => Some(format!("possible here: {}", ticked(known))),
    }
}

/// "Did you mean", and nothing where no known word is near.
pub(super) fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    did_you_mean(word, known).filter(|help| help.starts_with("did you"))
}

/// Words in back-ticks, with commas.
pub(super) fn ticked<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
