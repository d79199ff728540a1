//! Cases, requirements and seeded defects name each other, and nothing that does not exist.

use crate::repository::{none_of, root};
use ringtrue::drive::project::{LoadedDevice, Project};
use ringtrue::requirement::RequirementId;
use ringtrue::scenario;
use ringtrue::scenario::header::CaseHeader;
use std::collections::BTreeSet;

#[test]
fn cases_cite_requirements_that_exist() {
    let project = project();
    let complaints: Vec<String> = headers(&project)
        .iter()
        .flat_map(|(path, header)| {
            let requires = &header.case.requires;
            let unknown = requires.iter().filter(|id| project.catalogue.get(id).is_none());
            let unknown = unknown.map(move |id| format!("{path}: there is no requirement `{id}`"));
            let none = requires.is_empty().then(|| format!("{path}: it requires nothing"));
            unknown.chain(none).collect::<Vec<_>>()
        })
        .collect();
    none_of(&complaints);
}

#[test]
fn cases_name_a_seeded_defect_that_exists() {
    let project = project();
    let device = device();
    let known: BTreeSet<&str> = device.defects.iter().map(|defect| defect.name.as_str()).collect();
    let complaints: Vec<String> = headers(&project)
        .iter()
        .flat_map(|(path, header)| {
            let names = &header.case.defects;
            let unknown = names.iter().filter(|name| !known.contains(name.as_str()));
            let unknown = unknown.map(move |name| format!("{path}: there is no defect `{name}`"));
            let none = names.is_empty().then(|| format!("{path}: no seeded defect proves it"));
            unknown.chain(none).collect::<Vec<_>>()
        })
        .collect();
    none_of(&complaints);
}

#[test]
fn every_seeded_defect_is_claimed_by_a_case() {
    let project = project();
    let headers = headers(&project);
    let claimed: BTreeSet<&String> =
        headers.iter().flat_map(|(_, header)| &header.case.defects).collect();
    let device = device();
    let names = device.defects.iter().map(|defect| &defect.name);
    let unclaimed = names.filter(|name| !claimed.contains(name));
    none_of(
        &unclaimed.map(|name| format!("no case names the defect `{name}`")).collect::<Vec<_>>(),
    );
}

#[test]
fn seeded_defects_break_requirements_that_exist() {
    let project = project();
    let mut complaints = Vec::new();
    for defect in device().defects {
        for name in &defect.requirements {
            let known =
                name.parse::<RequirementId>().is_ok_and(|id| project.catalogue.get(&id).is_some());
            if !known {
                complaints.push(format!("{}: there is no requirement `{name}`", defect.name));
            }
        }
    }
    none_of(&complaints);
}

fn project() -> Project {
    Project::read(&root()).unwrap_or_else(|mistake| panic!("{mistake}"))
}

fn device() -> LoadedDevice {
    let path = root().join("firmware-under-test/intercom/device.yaml");
    LoadedDevice::read(&path).unwrap_or_else(|mistake| panic!("{mistake}"))
}

/// The path and the header of each case.
fn headers(project: &Project) -> Vec<(String, CaseHeader)> {
    let cases = project.cases().map(|source| {
        let (header, _) = scenario::header(&source);
        let header = header.unwrap_or_else(|| panic!("{} has no header", source.path));
        (source.path, header)
    });
    let cases: Vec<_> = cases.collect();
    assert!(!cases.is_empty(), "the suite has no case");
    cases
}
