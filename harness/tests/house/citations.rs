//! Every cited clause exists: in comments, and in the ids of the catalogue.

use crate::repository::{none_of, root};
use crate::source::Source;
use ringtrue::drive::project::Project;
use std::collections::{BTreeMap, BTreeSet};

/// The sections of each RFC that may be cited.
type Sections = BTreeMap<u32, BTreeSet<String>>;

#[test]
fn cited_sections_exist() {
    let sections = sections();
    let mut sources = Source::below("harness/src");
    sources.extend(Source::below("firmware-under-test"));
    none_of(&sources.iter().flat_map(|source| dangling(source, &sections)).collect::<Vec<_>>());
}

#[test]
fn sections_of_requirements_exist() {
    let sections = sections();
    let project = Project::read(&root()).unwrap();
    let ids = project.catalogue.iter().map(|requirement| &requirement.id);
    let complaints: Vec<String> = ids
        .filter_map(|id| {
            let (rfc, section) = id.rfc_section()?;
            Some(format!("{id}: {}", missing(&sections, rfc, section)?))
        })
        .collect();
    none_of(&complaints);
}

/// Complaints about the citations of `source`.
fn dangling(source: &Source, sections: &Sections) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        let Some(cited) = line.trim_start().strip_prefix("//=") else { continue };
        let problem = match parse(cited) {
            Some((rfc, section)) => missing(sections, rfc, section),
            None => Some(format!("`//={cited}` does not read `//= RFC 3261 §17.1.1.2`")),
        };
        complaints.extend(problem.map(|problem| format!("{}:{number}: {problem}", source.path)));
    }
    complaints
}

/// The RFC and the section of ` RFC 3261 §17.1.1.2`.
fn parse(cited: &str) -> Option<(u32, &str)> {
    let (rfc, section) = cited.strip_prefix(" RFC ")?.split_once(" §")?;
    Some((rfc.parse().ok()?, section))
}

/// What is wrong with a clause.
fn missing(sections: &Sections, rfc: u32, section: &str) -> Option<String> {
    match sections.get(&rfc) {
        None => Some(format!("RFC {rfc} is unknown; list its sections in {FOLDER}/rfc{rfc}.txt")),
        Some(known) if known.contains(section) => None,
        Some(_) => Some(format!("RFC {rfc} has no section {section}")),
    }
}

fn sections() -> Sections {
    let files = std::fs::read_dir(root().join(FOLDER)).expect("the lists of sections are there");
    let sections = files.map(|file| {
        let path = file.expect("the folder can be read").path();
        let name = path.file_stem().expect("it is a file").to_string_lossy().into_owned();
        let rfc = name.strip_prefix("rfc").and_then(|rfc| rfc.parse().ok());
        let text = std::fs::read_to_string(&path).expect("the list can be read");
        (rfc.expect("its name is rfcNNNN.txt"), text.lines().map(str::to_owned).collect())
    });
    sections.collect()
}

/// One file for each RFC, a line for each section.
const FOLDER: &str = "fixtures/requirements/sections";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_does_not_exist_is_found_with_its_line() {
        let sections = Sections::from([(3261, BTreeSet::from(["17.1".to_owned()]))]);
        let text = "//= RFC 3261 §17.1\nfn f() {\n    //= RFC 3261 §17.9\n    //= RFC 1 §1\n    //= RFC3261 17.1\n}";
        let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
        let expected = [
            "a.rs:3: RFC 3261 has no section 17.9",
            "a.rs:4: RFC 1 is unknown; list its sections in fixtures/requirements/sections/rfc1.txt",
            "a.rs:5: `//= RFC3261 17.1` does not read `//= RFC 3261 §17.1.1.2`",
        ];
        assert_eq!(dangling(&source, &sections), expected);
    }
}
