//! `ringtrue prune`: old runs are removed, by age and by size.

use super::Failure;
use super::reports::{self, Kept};
use crate::drive::clock;
use crate::drive::project::Mistake;
use crate::report::index::State;
use clap::Args;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// The options of `ringtrue prune`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the runs' folders
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
    /// Remove runs that ended longer ago than this
    #[arg(long, value_name = "DAYS", required_unless_present = "keep_size")]
    keep_days: Option<u32>,
    /// Remove the oldest runs until the rest takes no more than this, such as 500M or 20G
    #[arg(long, value_name = "SIZE")]
    keep_size: Option<Size>,
    /// Remove them; without this it is only said what would go
    #[arg(long)]
    yes: bool,
}

pub(super) fn prune(arguments: &Arguments) -> Result<u8, Failure> {
    let reports = &arguments.reports;
    if !reports.is_dir() {
        let what = "there is no such folder; give the one of the runs by --reports";
        return Err(Mistake::new(reports, what).into());
    }
    let latest = fs::canonicalize(reports.join("latest")).ok();
    let now = SystemTime::UNIX_EPOCH + clock::unix_now();
    let mut runs = Vec::new();
    for kept in reports::runs(reports)? {
        let size = size_of(&kept.path).map_err(|error| failure("measure", &kept.path, &error))?;
        let is_latest = fs::canonicalize(&kept.path).ok() == latest && latest.is_some();
        let why = stays(&kept, is_latest);
        // A clock that was set back makes no run old.
        let age = now.duration_since(kept.ended).unwrap_or_default();
        runs.push(Candidate { kept, size, age, stays: why });
    }
    let limits = Limits { days: arguments.keep_days, size: arguments.keep_size };
    let going = limits.choose(&runs);
    let mut freed = 0;
    for (candidate, why) in &going {
        let Candidate { kept, size, .. } = candidate;
        if arguments.yes {
            fs::remove_dir_all(&kept.path)
                .map_err(|error| failure("remove", &kept.path, &error))?;
        }
        let verb = if arguments.yes { "removed" } else { "would remove" };
        say!("{verb} {} ({}, {why})", kept.path.display(), Size(*size));
        freed += size;
    }
    let left = runs.len() - going.len();
    let bytes: u64 = runs.iter().map(|run| run.size).sum::<u64>() - freed;
    let certified = runs.iter().filter(|run| run.kept.state == State::Certified).count();
    let certified = match certified {
        0 => String::new(),
        count => format!(", {count} of them certified, which are never removed"),
    };
    say!(
        "{} run(s) of {}; {left} run(s) of {} stay{certified}",
        going.len(),
        Size(freed),
        Size(bytes)
    );
    if arguments.yes {
        reports::write_index(reports)?;
    } else if !going.is_empty() {
        say!("nothing was removed; --yes does it");
    }
    Ok(0)
}

/// A run that may go.
struct Candidate {
    kept: Kept,
    size: u64,
    age: Duration,
    /// Whether it stays whatever its age.
    stays: Stays,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stays {
    Always,
    WithinLimits,
}

/// Whether a run stays whatever its age and size.
fn stays(kept: &Kept, is_latest: bool) -> Stays {
    match kept.state {
        State::Certified | State::InProgress => Stays::Always,
        State::Reported | State::BrokenOff if is_latest => Stays::Always,
        State::Reported | State::BrokenOff => Stays::WithinLimits,
    }
}

/// What may stay.
struct Limits {
    days: Option<u32>,
    size: Option<Size>,
}

impl Limits {
    /// The runs that go, and why. Runs come newest first, and go from the oldest on.
    fn choose<'a>(&self, runs: &'a [Candidate]) -> Vec<(&'a Candidate, String)> {
        let mut going: Vec<(&Candidate, String)> = Vec::new();
        let mut left: u64 = runs.iter().map(|run| run.size).sum();
        for run in runs.iter().rev().filter(|run| run.stays == Stays::WithinLimits) {
            let days = run.age.as_secs() / DAY;
            let too_old = self.days.filter(|limit| days >= u64::from(*limit));
            let too_much = self.size.filter(|limit| left > limit.0);
            let why = match (too_old, too_much) {
                (Some(_), _) => format!("{days} day(s) old"),
                (None, Some(limit)) => format!("the runs take more than {limit}"),
                (None, None) => continue,
            };
            left -= run.size;
            going.push((run, why));
        }
        going
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Size(u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.strip_prefix(digits).unwrap_or_default();
        let unit = unit.to_ascii_uppercase();
        let power = match unit.trim_end_matches('B') {
            "" => 0,
            "K" => 1,
            "M" => 2,
            "G" => 3,
            "T" => 4,
            _ => return Err(format!("`{unit}` is no unit; use K, M, G or T")),
        };
        let number = digits.parse::<u64>().ok();
        let bytes = number.and_then(|number| number.checked_mul(1000_u64.pow(power)));
        bytes.map(Self).ok_or_else(|| "a size is a whole number and a unit, such as 20G".to_owned())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, bytes) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] {
            if self.0 >= bytes {
                let (whole, tenth) = (self.0 / bytes, self.0 % bytes * 10 / bytes);
                return write!(f, "{whole}.{tenth} {unit}");
            }
        }
        write!(f, "{} B", self.0)
    }
}

/// How many bytes the files below a folder have.
fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { size_of(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}

fn failure(doing: &'static str, path: &Path, cause: &io::Error) -> Failure {
    Failure::Report { doing, path: path.display().to_string(), cause: cause.to_string() }
}

const DAY: u64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0", Some(0))]
    #[case("20G", Some(20_000_000_000))]
    #[case("500mb", Some(500_000_000))]
    #[case("3 k", None)]
    #[case("1.5G", None)]
    #[case("G", None)]
    #[case("20X", None)]
    #[case("99999999999T", None)]
    #[case("", None)]
    fn sizes(#[case] text: &str, #[case] bytes: Option<u64>) {
        assert_eq!(text.parse::<Size>().ok().map(|size| size.0), bytes);
    }

    #[test]
    fn sizes_are_said_as_people_do() {
        let sizes = [999, 1_000, 12_345_678, 20_000_000_000].map(|size| Size(size).to_string());
        assert_eq!(sizes, ["999 B", "1.0 kB", "12.3 MB", "20.0 GB"]);
    }
}
