use super::*;
use std::process::Command;

fn record(folder: &Path, owned: &Owned) {
    let name = format!("{PREFIX}{}.json", owned.owner.pid);
    fs::write(folder.join(name), serde_json::to_vec(owned).unwrap()).unwrap();
}

/// A harness that is gone: our number, but not the time at which we started.
fn killed() -> Identity {
    Identity { started: 1, ..Identity::of(process::id()).unwrap() }
}

#[test]
fn what_a_killed_harness_left_is_cleared_up() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left");
    fs::create_dir(&left).unwrap();
    let mut orphan = Command::new("sleep").arg("1000").spawn().unwrap();
    let owned = Owned {
        owner: killed(),
        processes: BTreeSet::from([Identity::of(orphan.id()).unwrap()]),
        paths: BTreeSet::from([left.clone()]),
    };
    record(folder.path(), &owned);
    let (_janitor, cleared) = Janitor::start(folder.path()).unwrap();
    let process = format!("process {}", orphan.id());
    assert_eq!(cleared, [process, left.display().to_string()]);
    assert!(!orphan.wait().unwrap().success());
    assert!(!left.exists());
}

#[test]
fn a_process_that_merely_has_the_number_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = Command::new("sleep").arg("1000").spawn().unwrap();
    let before = Identity { started: 1, ..Identity::of(other.id()).unwrap() };
    let owned =
        Owned { owner: killed(), processes: BTreeSet::from([before]), paths: BTreeSet::new() };
    record(folder.path(), &owned);
    let (_janitor, cleared) = Janitor::start(folder.path()).unwrap();
    assert_eq!(cleared, [""; 0]);
    assert_eq!(other.try_wait().unwrap(), None);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_harness_that_runs_keeps_what_it_owns() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, _) = Janitor::start(folder.path()).unwrap();
    let path = folder.path().join("socket");
    fs::write(&path, "").unwrap();
    first.own_path(&path).unwrap();
    first.own_process(process::id()).unwrap();
    assert_eq!(clear(folder.path()).unwrap(), [""; 0]);
    assert!(path.exists());
    first.owned.processes.clear();
    drop(first);
    assert!(!path.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_start_time_is_found_behind_any_name() {
    let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 12345 0 0";
    assert_eq!(started(stat), Some(12_345));
}
