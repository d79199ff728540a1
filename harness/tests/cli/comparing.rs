//! `compare`, and the known departures of a device.

use super::{Ran, ringtrue, root, text};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SLOW: &str = "firmware-under-test/intercom/slow.rig.yaml";

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a comparison of two runs says.
fn compare(old: &Ran, new: &Ran) -> super::Said {
    ringtrue(&["compare", path(&old.folder()), path(&new.folder())])
}

#[test]
fn a_run_is_no_worse_than_itself() {
    let ran = Ran::of(&["--group", "OPT"]);
    let said = compare(&ran, &ran);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("no worse: 0 verdict(s) changed"), "{}", said.out);
    let seed = Ran::of(&["--group", "OPT", "--seed", "2"]);
    let said = compare(&ran, &seed);
    assert_eq!(said.code, 0, "{}", said.out);
}

/// Every verdict is the same; the times alone tell.
#[test]
fn a_firmware_that_is_3_ms_slower_is_found() {
    let (old, new) = (Ran::of(&["--group", "OPT"]), Ran::on(SLOW, &["--group", "OPT"]));
    assert_eq!((old.said.code, new.said.code), (0, 0), "{}", new.said.out);
    let said = compare(&old, &new);
    assert_eq!(said.code, 1, "{}", said.out);
    let found = said.out.lines().find(|line| line.contains("answer on the wire")).unwrap();
    assert!(found.contains(" 3 ms (") && found.ends_with("worse"), "{found}");
    assert_eq!(compare(&new, &old).code, 0, "faster is no fault");
    // Not where that much is allowed for.
    let [old, new] = [old.folder(), new.folder()];
    let said = ringtrue(&["compare", path(&old), path(&new), "--tolerance", "4 ms"]);
    assert_eq!(said.code, 0, "{}", said.out);
}

#[test]
fn a_defect_is_a_requirement_lost() {
    let old = Ran::of(&["UAS-INV-001", "OPT-001"]);
    let new = Ran::of(&["UAS-INV-001", "OPT-001", "--defect", "no-ringing"]);
    let said = compare(&old, &new);
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(
        said.out.contains("UAS-INV-001  pass  fail") && said.out.contains("lost"),
        "{}",
        said.out
    );
    let folder = TempDir::new().unwrap();
    let [before, after] = [old.folder(), new.folder()];
    let words = ["compare", path(&before), path(&after), "--format", "markdown", "--output"];
    let said = ringtrue(&[&words[..], &[path(folder.path())]].concat());
    assert!(said.out.starts_with("# intercom: worse"), "{}", said.out);
    for file in ["comparison.txt", "comparison.md", "comparison.html"] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    let said = compare(&new, &old);
    assert!(said.code == 0 && said.out.contains("gained"), "{}", said.out);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let (old, new) = (Ran::of(&["OPT-001"]), Ran::of(&["OPT-002"]));
    let said = compare(&old, &new);
    assert!(said.code == 64 && said.err.contains("no case in common"), "{}", said.err);
    let said = ringtrue(&["compare", path(&old.folder()), "/nonexistent"]);
    assert_eq!(said.code, 3, "{}", said.err);
    let wrong = ringtrue(&["compare", "a", "b", "--tolerance", "3"]);
    assert!(wrong.code == 64 && wrong.err.contains("500 ms"), "{}", wrong.err);
}

#[test]
fn a_run_that_was_changed_is_in_doubt() {
    let (old, new) = (Ran::of(&["OPT-001"]), Ran::of(&["OPT-001"]));
    let console = new.folder().join("cases/OPT-001/console.log");
    fs::write(console, "nothing").unwrap();
    let said = compare(&old, &new);
    assert!(said.code == 3 && said.out.contains("evidence in doubt"), "{}", said.out);
}

/// A rig whose device has errata beside it.
fn rig_with(errata: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let device = root().join("firmware-under-test/intercom");
    for file in ["device.yaml", "defects.yaml", "virtual.rig.yaml"] {
        fs::copy(device.join(file), folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("errata.yaml"), errata).unwrap();
    folder
}

fn ran_with(errata: &str) -> Ran {
    let rig = rig_with(errata);
    let rig = rig.path().join("virtual.rig.yaml");
    Ran::on(path(&rig), &["UAS-INV-001", "OPT-001", "--defect", "no-ringing"])
}

fn erratum(about: &str, expires: &str) -> String {
    format!(
        "- {{ device: intercom, firmware: '>=0.1 <0.2', {about}, owner: anna@example.org, reason: 'rings late', expires: {expires} }}\n"
    )
}

#[test]
fn a_known_departure_is_named_and_changes_nothing() {
    let ran = ran_with(&erratum("case: UAS-INV-001", "2999-12-31"));
    assert_eq!(ran.said.code, 1);
    let known =
        "known departure: rings late (firmware >=0.1 <0.2; anna@example.org; until 2999-12-31)";
    assert!(
        ran.said.out.contains(known) && ran.said.out.contains("1 pass, 1 fail"),
        "{}",
        ran.said.out
    );
    for report in ["report.html", "summary.md", "report.json"] {
        let page = text(&ran.folder().join(report));
        assert!(page.contains("rings late") && page.contains("anna@example.org"), "{report}");
    }
    // The run keeps them.
    let judged = ringtrue(&["judge", path(&ran.folder())]);
    assert!(judged.code == 1 && judged.out.contains(known), "{}", judged.out);
}

#[test]
fn errata_that_say_nothing_are_told() {
    let errata = [
        erratum("case: UAS-INV-001", "2020-01-31"),
        erratum("case: XX-999", "2999-12-31"),
        erratum("case: OPT-001", "2999-12-31"),
        erratum("requirement: RFC9999-1-1", "2999-12-31"),
        erratum("case: OPT-001", "2999-12-31").replace(">=0.1 <0.2", ">=0.2"),
        erratum("case: REG-001", "2999-12-31"),
    ];
    let ran = ran_with(&errata.concat());
    assert_eq!(ran.said.code, 1);
    let told = |what: &str| ran.said.out.matches(what).count();
    assert_eq!(told("EXPIRED"), 1, "{}", ran.said.out);
    assert_eq!(
        (told("UNKNOWN"), told("the erratum can go"), told("no case that shows it ran")),
        (2, 1, 1)
    );
}

#[test]
fn errata_with_a_mistake_are_refused() {
    for (wrong, told) in [
        (erratum("case: A-1", "2027-02-30"), "`2027-02-30` is no day of the calendar"),
        (
            erratum("case: A-1, requirement: B-1", "2027-02-28"),
            "needs either `case` or `requirement`",
        ),
        (
            erratum("case: A-1", "2027-02-28").replace(">=0.1", "~1"),
            "`~1` is no bound of a version",
        ),
        (erratum("kase: A-1", "2027-02-28"), "kase"),
        (erratum("case: A-1", "2027-02-28").replace("anna@example.org", "''"), "an empty `owner`"),
    ] {
        let ran = ran_with(&wrong);
        assert_eq!(ran.said.code, 64, "{}", ran.said.out);
        assert!(
            ran.said.err.contains(told) && ran.said.err.contains("errata.yaml"),
            "{}",
            ran.said.err
        );
    }
}
