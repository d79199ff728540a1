//! `ringtrue coverage`: requirement, code, cases, seeded defects; and the reasons for the rest.

mod choice;
mod print;

use super::Failure;
use super::suite::{Place, Suite};
use crate::coverage::ledger::Standing;
use crate::coverage::{Books, Coverage};
use crate::drive::project::LoadedDevice;
use choice::Choice;
use clap::Args;
use std::path::PathBuf;

/// The options of `ringtrue coverage`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    filter: Filter,
    /// Only the totals
    #[arg(long, conflicts_with = "uncovered")]
    totals: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Take off the open lists what is covered or excused by now
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    place: Place,
    /// The device whose seeded defects are shown
    #[arg(long, value_name = "FILE", default_value = "firmware-under-test/intercom/device.yaml")]
    device: PathBuf,
}

/// Which rows.
#[derive(Args, Clone, Debug)]
struct Filter {
    /// Ids of requirements or test purposes, or their beginnings, such as RFC3261-17 (default: all)
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Only requirements of this RFC, such as 3261
    #[arg(long, value_name = "NUMBER")]
    rfc: Vec<u32>,
    /// Only what cases of this group stand for, or what is left to it
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Only what should have a case and has none, with the reason
    #[arg(long)]
    uncovered: bool,
}

pub(super) fn coverage(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let root = &arguments.place.root;
    let defects = LoadedDevice::read(&root.join(&arguments.device))?.defects;
    let defects: Vec<_> =
        defects.into_iter().map(|defect| (defect.name, defect.requirements)).collect();
    let cases: Vec<_> = suite.cases.iter().map(|(_, header)| header).collect();
    let mut books = Books::read(root)?;
    if arguments.update {
        let coverage = Coverage::new(&suite.project.catalogue, &cases, &defects, &books);
        let still: Vec<String> = still_open(&coverage);
        let is_open = |id: &str| still.iter().any(|own| own == id);
        for ledger in [&mut books.requirements, &mut books.etsi] {
            for gone in ledger.open.settle(is_open) {
                tell!("{gone} is off the open list");
            }
        }
        books.write_open(root)?;
    }
    let coverage = Coverage::new(&suite.project.catalogue, &cases, &defects, &books);
    let choice = Choice::new(&arguments.filter, &coverage, &books)?;
    if arguments.json {
        print::json(&coverage, &choice);
    } else {
        print::text(&coverage, &choice, arguments.totals);
    }
    for complaint in &coverage.complaints {
        tell!("error: {complaint}");
    }
    Ok(if coverage.complaints.is_empty() { 0 } else { super::USAGE })
}

/// The ids that the open lists have and that stand so.
fn still_open(coverage: &Coverage<'_>) -> Vec<String> {
    let requirements = coverage.requirements.iter();
    let requirements = requirements.map(|row| (row.requirement.id.as_str(), row.standing));
    let purposes = coverage.purposes.iter();
    let purposes = purposes.map(|row| (row.purpose.id.as_str(), row.standing));
    let open = requirements.chain(purposes).filter(|(_, standing)| *standing == Standing::Open);
    open.map(|(id, _)| id.to_owned()).collect()
}
