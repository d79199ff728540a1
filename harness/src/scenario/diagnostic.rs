//! What is wrong with a scenario: where, why, and how to mend it.

use super::code::{Code, Severity};
use super::source::Place;
use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

/// One mistake of the scenario's author.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// What kind of mistake it is.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// What is wrong, in one line.
    pub title: String,
    /// What was expected at the place.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Other places that have to do with it, and what.
    pub related: Vec<(Place, String)>,
}

/// How to render diagnostics.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// Text with the colours of ANSI terminals.
    Coloured,
}

impl Diagnostic {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The diagnostic with the lines that it is about, and carets below them.
    pub fn render(&self, style: Style) -> String {
        let level = match self.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut primary = snippet(&self.place, &self.label, AnnotationKind::Primary);
        let mut elsewhere = Vec::new();
        for (place, label) in &self.related {
            if place.path() == self.place.path() {
                primary = primary.annotation(annotation(place, label, AnnotationKind::Context));
            } else {
                elsewhere.push(snippet(place, label, AnnotationKind::Context));
            }
        }
        let mut group = level
            .primary_title(&self.title)
            .id(self.code.text())
            .element(primary)
            .elements(elsewhere);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        renderer.render(&[group])
    }

    /// The diagnostic for editors and scripts.
    pub fn json(&self) -> Value {
        json!({
            "code": self.code.text(),
            "severity": self.severity().to_string(),
            "title": self.title,
            "label": self.label,
            "help": self.help,
            "file": self.place.path(),
            "line": self.place.line(),
            "column": self.place.column(),
            "bytes": [self.place.bytes().start, self.place.bytes().end],
            "related": self.related.iter().map(|(place, label)| json!({
                "label": label,
                "file": place.path(),
                "line": place.line(),
                "column": place.column(),
            })).collect::<Vec<_>>(),
        })
    }
}

/// All of them, one after the other, and a line that counts them. Empty where there is none.
pub fn render(diagnostics: &[Diagnostic], style: Style) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let count = |severity| diagnostics.iter().filter(|each| each.severity() == severity).count();
    let mut parts: Vec<_> = diagnostics.iter().map(|each| each.render(style)).collect();
    let counted: Vec<_> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .into_iter()
        .map(|(severity, word)| (count(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    parts.push(format!("{}\n", counted.join(", ")));
    parts.join("\n\n")
}

fn snippet<'a>(
    place: &'a Place,
    label: &'a str,
    kind: AnnotationKind,
) -> Snippet<'a, Annotation<'a>> {
    Snippet::source(place.source()).path(place.path()).annotation(annotation(place, label, kind))
}

fn annotation<'a>(place: &Place, label: &'a str, kind: AnnotationKind) -> Annotation<'a> {
    let annotation = kind.span(place.bytes());
    if label.is_empty() { annotation } else { annotation.label(label) }
}
