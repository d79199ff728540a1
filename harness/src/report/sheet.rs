//! A short document of tables: one form, shown as text, as Markdown and as a page.

use super::html::STYLE;
use super::markdown::escape;
use crate::evidence::console::printable;
use crate::verdict::Verdict;
use askama::Template;
use std::fmt::{self, Write as _};

/// The document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What it is, over the title: `Comparison of two runs`.
    pub kicker: String,
    /// Its title.
    pub title: String,
    /// One word that says what it comes to.
    pub word: String,
    /// How good that is: one of the verdicts, for the colour.
    pub tone: Verdict,
    /// What it comes to, in one sentence.
    pub statement: String,
    /// What it is about: names and values.
    pub facts: Vec<(String, String)>,
    /// The parts.
    pub sections: Vec<Section>,
}

/// A part of a sheet: sentences, and a table where it has rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What is to be said before the table.
    pub sentences: Vec<String>,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The rows, each as long as the columns.
    pub rows: Vec<Vec<String>>,
    /// What is drawn in characters of one width, line by line; on the page only.
    pub drawn: String,
}

impl Section {
    /// A part with a table.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { title: title.into(), columns, ..Self::default() }
    }
}

impl Sheet {
    /// Plain text for a terminal, its columns aligned.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_text(&mut text);
        text
    }

    fn write_text(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "{}: {}\n{}: {}", self.kicker, self.title, self.word, self.statement)?;
        let width = self.facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in &self.facts {
            writeln!(out, "  {name:<width$}  {}", printable(value))?;
        }
        for section in &self.sections {
            writeln!(out, "\n{}", section.title)?;
            for sentence in &section.sentences {
                writeln!(out, "  {}", printable(sentence))?;
            }
            let mut widths = vec![0; section.columns.len()];
            for row in std::iter::once(&section.columns).chain(&section.rows) {
                for (width, cell) in widths.iter_mut().zip(row) {
                    *width = (*width).max(printable(cell).chars().count());
                }
            }
            let head = Some(&section.columns).filter(|_| !section.rows.is_empty());
            for row in head.into_iter().chain(&section.rows) {
                let cells = row.iter().zip(&widths);
                let line = cells.fold(String::new(), |line, (cell, &width)| {
                    format!("{line}  {:<width$}", printable(cell))
                });
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    /// Markdown for the summary page of a CI run.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "# {}: {}\n", escape(&self.title), escape(&self.word))?;
        writeln!(out, "{}\n", escape(&self.statement))?;
        for (name, value) in &self.facts {
            writeln!(out, "- {}: {}", escape(name), escape(value))?;
        }
        for section in &self.sections {
            writeln!(out, "\n## {}\n", escape(&section.title))?;
            for sentence in &section.sentences {
                writeln!(out, "{}\n", escape(sentence))?;
            }
            if section.rows.is_empty() {
                continue;
            }
            let row = |cells: &[String]| {
                let cells: Vec<_> = cells.iter().map(|cell| escape(cell)).collect();
                format!("| {} |", cells.join(" | "))
            };
            writeln!(out, "{}\n|{}", row(&section.columns), "---|".repeat(section.columns.len()))?;
            for cells in &section.rows {
                writeln!(out, "{}", row(cells))?;
            }
        }
        Ok(())
    }

    /// A page that needs nothing beside it; what a device said is shown and never run.
    ///
    /// # Errors
    ///
    /// Never in practice; those of the template are passed on.
    pub fn html(&self) -> askama::Result<String> {
        Page { sheet: self, tone: tone(self.tone), style: STYLE }.render()
    }
}

const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::None => "none",
        Verdict::Pass => "pass",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page<'a> {
    sheet: &'a Sheet,
    tone: &'static str,
    style: &'static str,
}

impl Page<'_> {
    /// The colour of a cell that is one word for how good something is.
    fn class(cell: &str) -> Option<&'static str> {
        Some(match cell {
            "pass" | "met" | "gained" => "pass",
            "fail" | "violated" | "lost" | "worse" => "fail",
            "inconclusive" | "undecided" => "inconclusive",
            "error" => "error",
            _ => return None,
        })
    }

    /// A text with what stands between backticks as code; as it is where they do not pair.
    fn parts(text: &str) -> Vec<Part<'_>> {
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return vec![Part { text, code: false }];
        }
        let part = |(place, text): (usize, _)| Part { text, code: !place.is_multiple_of(2) };
        parts.into_iter().enumerate().map(part).collect()
    }

    /// Whether a cell may be broken within a word: one with a checksum or a URI, and not a number.
    fn has_long_word(cell: &str) -> bool {
        cell.split(' ').any(|word| word.chars().count() > LONG)
    }
}

/// A stretch of a text on the page.
struct Part<'a> {
    text: &'a str,
    code: bool,
}

/// An address with a port, `198.51.100.200:20000`, is not broken yet.
const LONG: usize = 22;

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut section = Section::new("Lines", &["line", "where"]);
        section.rows =
            vec![vec!["<script>alert(1)</script>|\u{1b}[31m".to_owned(), "T-1".to_owned()]];
        Sheet {
            kicker: "Comparison".to_owned(),
            title: "a & b".to_owned(),
            word: "worse".to_owned(),
            tone: Verdict::Fail,
            statement: "One thing got worse.".to_owned(),
            facts: vec![
                ("Old".to_owned(), "claim `<b>`".to_owned()),
                ("New".to_owned(), "a lone ` is itself".to_owned()),
            ],
            sections: vec![section],
        }
    }

    #[test]
    fn what_a_device_said_is_shown_and_not_run() {
        let page = sheet().html().unwrap();
        assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
        assert!(page.contains("a &#38; b") && page.contains("class=\"statement fail\""));
        assert!(page.contains("<td class=\"long\">&#60;script") && page.contains("<td>T-1</td>"));
        assert!(page.contains("<dd>claim <code>&#60;b&#62;</code></dd>"), "{page}");
        assert!(page.contains("<dd>a lone ` is itself</dd>"), "{page}");
        let markdown = sheet().markdown();
        assert!(markdown.contains("| &lt;script>alert(1)&lt;/script>\\|"), "{markdown}");
        assert!(!sheet().text().contains('\u{1b}'));
    }

    #[test]
    fn columns_are_aligned() {
        let mut sheet = sheet();
        sheet.sections[0].rows = vec![vec!["long line".to_owned(), "T-2".to_owned()]];
        assert!(
            sheet.text().ends_with("\nLines\n  line       where\n  long line  T-2\n"),
            "{}",
            sheet.text()
        );
    }
}
