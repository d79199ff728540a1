//! The page that links the runs of a folder.

use super::brief::Brief;
use super::html::STYLE;
use super::html::badge::Badge;
use askama::Template;

/// A run that is linked.
#[derive(Clone, Debug)]
pub struct Linked {
    /// What is told of it.
    pub brief: Brief,
    /// The address of its folder, relative to the page, with a slash at its end.
    pub address: String,
    /// What of the run there is to see.
    pub state: State,
}

/// In which state the folder of a run is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It was judged, and there is a report.
    Reported,
    /// The same, and somebody relies on it: it is never pruned.
    Certified,
    /// It goes on while the page is written.
    InProgress,
    /// It did not come to its end.
    BrokenOff,
}

/// The page; the runs come in the order in which they are given.
///
/// # Errors
///
/// Never in practice; those of the template are passed on.
pub fn render(runs: &[Linked]) -> askama::Result<String> {
    Page { style: STYLE, rows: runs.iter().map(Row::new).collect() }.render()
}

#[derive(Template)]
#[template(path = "index.html")]
struct Page<'a> {
    style: &'static str,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    brief: &'a Brief,
    /// Where it leads.
    link: String,
    word: &'static str,
    badge: Option<Badge>,
    /// What is particular of it.
    notes: Vec<String>,
    counts: String,
    took: String,
}

impl<'a> Row<'a> {
    fn new(linked: &'a Linked) -> Self {
        let Linked { brief, address, state } = linked;
        let mut notes = Vec::new();
        match state {
            State::Reported => {}
            State::Certified => notes.push("certified".to_owned()),
            State::InProgress => notes.push("in progress".to_owned()),
            State::BrokenOff => notes.push("did not come to its end".to_owned()),
        }
        notes.extend(brief.shard.map(|shard| format!("shard {shard}")));
        if brief.parts > 0 {
            notes.push(format!("merged of {}", brief.parts));
        }
        if !brief.defects.is_empty() {
            notes.push(format!("seeded defects: {}", brief.defects.join(", ")));
        }
        let (counts, verdict) = match brief.verdict {
            Some(verdict) => (brief.counts.to_string(), Some(verdict)),
            None => (format!("{} case(s), not judged", brief.counts.none), None),
        };
        let badge = verdict.map(Badge::new);
        let is_reported = matches!(state, State::Reported | State::Certified);
        let page = if is_reported { "report.html" } else { "run.json" };
        Self {
            brief,
            link: format!("{address}{page}"),
            word: badge.map_or("none", |badge| badge.word),
            badge,
            notes,
            counts,
            took: super::civil::span(brief.took),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::example;
    use crate::report::tests;

    fn page(state: State, change: impl FnOnce(&mut Brief)) -> String {
        let mut brief = Brief::of(&tests::example());
        change(&mut brief);
        render(&[Linked { brief, address: "run%201/".to_owned(), state }]).unwrap()
    }

    #[test]
    fn a_run_is_told_with_what_it_came_to() {
        let page = page(State::Certified, |brief| brief.shard = "2/4".parse().ok());
        for part in [
            "<a href=\"run%201/report.html\">",
            "2026-11-22 19:00:00",
            "intercom 0.1.0 (reference)",
            "host",
            "class=\"badge fail\"",
            "1 fail, 1 inconclusive",
            "certified",
            "shard 2/4",
        ] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn a_run_without_a_report_leads_to_its_record() {
        let record = example::run("run");
        let brief = Brief::of_record(&record);
        let linked = Linked { brief, address: "run/".to_owned(), state: State::BrokenOff };
        let page = render(&[linked]).unwrap();
        assert!(
            page.contains("<a href=\"run/run.json\">") && page.contains("did not come to its end")
        );
        assert!(page.contains("0 case(s), not judged"), "{page}");
    }

    #[test]
    fn what_the_device_says_is_shown_and_not_run() {
        let page = page(State::Reported, |brief| {
            brief.version = Some("<script>alert(1)</script>".to_owned());
        });
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(
            page.contains("script&#62;alert(1)") || page.contains("script&gt;alert(1)"),
            "{page}"
        );
    }

    #[test]
    fn without_runs_the_page_says_so() {
        assert!(render(&[]).unwrap().contains("No run yet"));
    }
}
