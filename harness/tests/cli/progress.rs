//! What a run shows while it runs: on a terminal, and in a log.

use super::{Ran, root};
use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What a run shows on a terminal, and its standard output.
fn on_a_terminal(term: &str, cases: &[&str]) -> (String, String) {
    let reports = TempDir::new().unwrap();
    let ends = nix::pty::openpty(None, None).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringtrue"));
    command
        .current_dir(root())
        .env("TERM", term)
        .args(["run", "--rig", super::VIRTUAL, "--reports", reports.path().to_str().unwrap()])
        .args(cases)
        .stdout(Stdio::piped())
        .stderr(ends.slave);
    let child = command.spawn().unwrap();
    // Our own end of the slave goes with the command: the terminal is at its end when the run is.
    drop(command);
    let reader = std::thread::spawn(move || {
        let (mut shown, mut part) = (Vec::new(), [0; 4096]);
        let mut terminal = File::from(ends.master);
        // A terminal whose other end is closed says so by an error.
        while let Ok(count @ 1..) = terminal.read(&mut part) {
            shown.extend(&part[..count]);
        }
        shown
    });
    let output = child.wait_with_output().unwrap();
    let shown = reader.join().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&shown), text(&output.stdout))
}

const CASES: [&str; 5] = ["OPT-001", "UAS-INV-001", "UAS-INV-002", "--defect", "no-ringing"];

#[test]
fn a_terminal_shows_the_running_case_and_what_failed() {
    let (shown, out) = on_a_terminal("xterm", &CASES);
    assert!(shown.contains('\u{1b}'), "nothing is drawn: {shown:?}");
    assert!(shown.contains("/3 in "), "the whole is not shown: {shown:?}");
    assert!(CASES[..3].iter().any(|case| shown.contains(case)), "no case is shown: {shown:?}");
    assert!(shown.contains("fail         UAS-INV-001"), "what failed is not told: {shown:?}");
    // The table comes at the end, and no line a case before it.
    assert!(!out.contains("1/3  "), "{out}");
    assert!(out.contains("UAS-INV-001") && !out.contains('\u{1b}'), "{out}");
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_gets_lines() {
    let (shown, out) = on_a_terminal("dumb", &CASES);
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    assert!(out.contains("  1/3  ") && out.contains("  3/3  "), "{out}");
}

#[test]
fn a_log_gets_a_line_a_case() {
    let ran = Ran::of(&CASES);
    let lines: Vec<_> = (1..=3).map(|number| format!("  {number}/3  ")).collect();
    for line in &lines {
        assert_eq!(ran.said.out.matches(line.as_str()).count(), 1, "{}", ran.said.out);
    }
    assert!(!ran.said.out.contains('\u{1b}') && ran.said.err.is_empty());
}
