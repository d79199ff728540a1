//! `prune`, and the page that links the runs.

use super::{Ran, Said, ringtrue, text};
use nix::fcntl::{Flock, FlockArg};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Reports with runs that ended so many days ago, in the order given; the last is the newest.
struct Reports {
    place: TempDir,
    runs: Vec<PathBuf>,
}

impl Reports {
    fn of(days: &[u64]) -> Self {
        let place = TempDir::new().unwrap();
        let ran = Ran::of(&["OPT-001"]);
        let runs: Vec<PathBuf> = days
            .iter()
            .map(|days| {
                let path = place
                    .path()
                    .join(format!("20{:02}-01-01T00-00-00.000Z-virtual-intercom", 99 - days));
                super::copy(&ran.folder(), &path);
                age(&path, *days);
                path
            })
            .collect();
        std::os::unix::fs::symlink(runs.last().unwrap(), place.path().join("latest")).unwrap();
        Self { place, runs }
    }

    fn prune(&self, arguments: &[&str]) -> Said {
        let reports = self.place.path().to_str().unwrap();
        ringtrue(&[&["prune", "--reports", reports], arguments].concat())
    }

    fn left(&self) -> Vec<bool> {
        self.runs.iter().map(|run| run.exists()).collect()
    }
}

fn age(run: &Path, days: u64) {
    let now = SystemTime::UNIX_EPOCH + ringtrue::drive::clock::unix_now();
    let then = now - Duration::from_secs(days * 86_400 + 60);
    let record = fs::File::options().append(true).open(run.join("run.json")).unwrap();
    record.set_modified(then).unwrap();
}

#[test]
fn nothing_goes_unless_it_is_said() {
    let reports = Reports::of(&[40, 3, 1]);
    let said = reports.prune(&["--keep-days", "30"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(
        said.out.contains("would remove") && said.out.contains("40 day(s) old"),
        "{}",
        said.out
    );
    assert!(said.out.contains("nothing was removed; --yes does it"), "{}", said.out);
    assert_eq!(reports.left(), [true; 3]);
    let said = reports.prune(&["--keep-days", "30", "--yes"]);
    assert!(said.out.contains("1 run(s) of") && said.out.contains("2 run(s) of"), "{}", said.out);
    assert_eq!(reports.left(), [false, true, true]);
    let page = text(&reports.place.path().join("index.html"));
    assert_eq!(page.matches("report.html").count(), 2, "{page}");
}

#[test]
fn certified_ones_the_newest_and_what_is_no_run_stay() {
    let reports = Reports::of(&[90, 80, 70]);
    fs::write(reports.runs[0].join("certified"), "").unwrap();
    let other = reports.place.path().join("notes");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("run.json"), "not a run").unwrap();
    let said = reports.prune(&["--keep-days", "1", "--keep-size", "0", "--yes"]);
    assert!(said.out.contains("1 of them certified, which are never removed"), "{}", said.out);
    assert_eq!(reports.left(), [true, false, true]);
    assert!(other.exists());
    assert!(text(&reports.place.path().join("index.html")).contains("certified"));
}

#[test]
fn a_run_in_progress_stays() {
    let reports = Reports::of(&[90, 80]);
    let lock = fs::File::create(reports.runs[0].join(".lock")).unwrap();
    let lock = Flock::lock(lock, FlockArg::LockExclusive).unwrap();
    assert!(reports.prune(&["--keep-days", "1", "--yes"]).out.contains("0 run(s) of"));
    assert_eq!(reports.left(), [true, true]);
    assert!(text(&reports.place.path().join("index.html")).contains("in progress"));
    drop(lock);
    reports.prune(&["--keep-days", "1", "--yes"]);
    assert_eq!(reports.left(), [false, true]);
}

#[test]
fn the_oldest_go_until_the_rest_fits() {
    let reports = Reports::of(&[4, 3, 2, 1]);
    let size: u64 = size(&reports.runs[0]);
    let said = reports.prune(&["--keep-size", &(size * 5 / 2).to_string(), "--yes"]);
    assert!(said.out.contains("the runs take more than"), "{}", said.out);
    assert_eq!(reports.left(), [false, false, true, true]);
}

#[test]
fn limits_that_say_nothing_are_usage_errors() {
    let reports = Reports::of(&[4]);
    for arguments in
        [&[][..], &["--keep-size", "20X"], &["--keep-days", "-1"], &["--keep-days", "old"]]
    {
        assert_eq!(reports.prune(arguments).code, 64, "{arguments:?}");
    }
    let said = ringtrue(&["prune", "--keep-days", "1", "--reports", "/no/such/folder"]);
    assert_eq!(said.code, 64);
    assert!(said.err.contains("there is no such folder"), "{}", said.err);
}

#[test]
fn the_page_links_every_run_of_the_folder() {
    let first = Ran::of(&["OPT-001"]);
    let reports = first.reports.path().to_str().unwrap();
    let second = ["run", "--rig", super::VIRTUAL, "--reports", reports, "UAS-INV-001"];
    assert_eq!(ringtrue(&[&second[..], &["--defect", "no-ringing"]].concat()).code, 1);
    let page = text(&first.reports.path().join("index.html"));
    let links: Vec<_> =
        page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(links.len(), 2, "{links:?}");
    for link in links {
        assert!(first.reports.path().join(link).is_file(), "{link} leads nowhere");
    }
    assert!(page.contains("badge fail") && page.contains("badge pass"), "{page}");
    assert!(page.contains("seeded defects: no-ringing"), "{page}");
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { size(&path) } else { path.metadata().unwrap().len() })
        .sum()
}
