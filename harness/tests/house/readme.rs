//! The commands of the README and of the pages beside it exist.

use crate::repository::{none_of, root, text};
use ringtrue::drive::project::LoadedDevice;
use ringtrue::rig::profile::Profile as Rig;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

#[test]
fn commands_exist() {
    let mut complaints = Vec::new();
    for page in PAGES {
        let commands = commands(&text(page));
        assert!(!commands.is_empty(), "{page} shows no command");
        for words in commands {
            let known = match words.split_first() {
                Some((first, rest)) if first == "ringtrue" => is_subcommand(rest),
                Some((first, _)) => is_program(first),
                None => true,
            };
            if !known {
                complaints.push(format!("{page}: there is no `{}`", words.join(" ")));
            }
        }
    }
    none_of(&complaints);
}

#[test]
fn the_scenario_is_of_the_suite() {
    let page = text("README.md");
    let shown = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let (_, path) = page.split_once("`scenarios/").expect("the page names the file");
    let path = path.split('`').next().unwrap_or_default();
    assert_eq!(shown.unwrap_or_default(), text(&format!("scenarios/{path}")));
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut complaints = Vec::new();
    for page in PAGES {
        let folder = root().join(page);
        let folder = folder.parent().unwrap();
        for (link, _) in text(page).split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let path = link.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !folder.join(path).exists() {
                complaints.push(format!("{page}: there is no {path}"));
            }
        }
    }
    none_of(&complaints);
}

#[test]
fn example_files_are_right() {
    let page = text("docs/rig.md");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let (mut devices, mut rigs) = (0, 0);
    for block in blocks {
        if block.starts_with("device: ") {
            devices += 1;
            LoadedDevice::parse(Path::new("docs/rig.md"), block.to_owned()).unwrap();
        } else {
            rigs += 1;
            serde_saphyr::from_str::<Rig>(block).unwrap();
        }
    }
    assert!(devices >= 2 && rigs >= 4, "{devices} devices, {rigs} rigs");
}

/// The commands in the code blocks of a page: the lines that begin with `$ ringtrue` or `$ ci/`.
fn commands(page: &str) -> Vec<Vec<String>> {
    let lines = page.lines().filter_map(|line| line.trim_start().strip_prefix("$ "));
    let commands = lines.map(|line| {
        let line = line.split(" #").next().unwrap_or(line);
        line.split_whitespace().map(|word| word.trim_start_matches("target/release/").to_owned())
    });
    let commands = commands.map(Iterator::collect::<Vec<_>>);
    commands
        .filter(|words| {
            words.first().is_some_and(|word| word == "ringtrue" || word.starts_with("ci/"))
        })
        .collect()
}

/// Whether the program has the subcommand and, by its help, each option.
fn is_subcommand(words: &[String]) -> bool {
    let Some((name, rest)) = words.split_first() else { return false };
    let help = Command::new(env!("CARGO_BIN_EXE_ringtrue")).args([name, "--help"]).output();
    let help = help.expect("the program runs");
    let help_text = String::from_utf8_lossy(&help.stdout).into_owned();
    let options = rest.iter().filter(|word| word.starts_with("--"));
    help.status.success()
        && options
            .map(|word| word.split('=').next().unwrap_or(word))
            .all(|word| help_text.contains(word))
}

fn is_program(path: &str) -> bool {
    let metadata = std::fs::metadata(root().join(path));
    metadata.is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

const PAGES: [&str; 4] = ["README.md", "docs/rig.md", "docs/report.md", "docs/ci.md"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found() {
        let page = "```\n$ ci/demo\nci/x\n$ target/release/ringtrue run --rig X  # all\n$ ls\n```";
        let expected = [vec!["ci/demo"], vec!["ringtrue", "run", "--rig", "X"]];
        assert_eq!(commands(page), expected);
    }

    #[test]
    fn what_does_not_exist_is_told() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_subcommand(&words("lint --json")));
        assert!(!is_subcommand(&words("lint --no-such-option")));
        assert!(!is_subcommand(&words("no-such-command")));
        assert!(!is_program("ci/no-such-program"));
        assert!(!is_program("README.md"));
    }
}
