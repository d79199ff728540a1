//! The reference device does not link the harness, nor a SIP parser that the harness uses.

use crate::repository::text;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_device_shares_no_parser_with_the_tester() {
    let reached = reached(&dependencies(&text("Cargo.lock")), "intercom");
    assert!(reached.contains("sha2"), "the lock file is not read: {reached:?}");
    for shared in ["ringtrue", "rsip"] {
        assert!(!reached.contains(shared), "intercom depends on {shared}");
    }
}

/// What each package of a lock file depends on, versions left out.
fn dependencies(lock: &str) -> BTreeMap<String, BTreeSet<String>> {
    let packages = lock.split("[[package]]").filter_map(|package| {
        let name = package.lines().find_map(|line| line.strip_prefix("name = "))?;
        let needs =
            package.lines().filter_map(|line| line.strip_prefix(" \"")?.split(['"', ' ']).next());
        Some((name.trim_matches('"').to_owned(), needs.map(str::to_owned).collect()))
    });
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, needs) in packages {
        all.entry(name).or_default().extend::<BTreeSet<String>>(needs);
    }
    all
}

/// All that `name` depends on, over any number of steps.
fn reached(dependencies: &BTreeMap<String, BTreeSet<String>>, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![name.to_owned()];
    while let Some(name) = left.pop() {
        for need in dependencies.get(&name).into_iter().flatten() {
            if found.insert(need.clone()) {
                left.push(need.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_over_two_steps_is_found() {
        let lock = "[[package]]\nname = \"a\"\ndependencies = [\n \"b 1.0\",\n]\n[[package]]\nname = \"b\"\ndependencies = [\n \"c\",\n]\n";
        let found = reached(&dependencies(lock), "a");
        assert_eq!(found, BTreeSet::from(["b".to_owned(), "c".to_owned()]));
    }
}
