//! A module uses only modules of a lower layer, and only `drive` and `cli` touch the world.

use crate::repository::{none_of, text};
use crate::source::{Named, Source, inline_modules, paths};
use std::collections::BTreeMap;

/// The layer of each module of the harness.
type Layers = BTreeMap<String, u8>;

#[test]
fn modules_use_only_lower_layers() {
    let layers = layers(&text("docs/architecture.md"));
    let sources = Source::below("harness/src");
    none_of(&sources.iter().flat_map(|source| upward(source, &layers)).collect::<Vec<_>>());
}

#[test]
fn only_drive_and_cli_touch_the_world() {
    let sources = Source::below("harness/src");
    let tests = test_files(&sources);
    let checked = sources.iter().filter(|source| !tests.contains(&source.path));
    none_of(&checked.flat_map(worldly).collect::<Vec<_>>());
}

#[test]
fn the_table_has_every_module() {
    let layers = layers(&text("docs/architecture.md"));
    let lib = text("harness/src/lib.rs");
    let mut declared: Vec<_> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    declared.sort_unstable();
    assert_eq!(layers.keys().map(String::as_str).collect::<Vec<_>>(), declared);
}

/// The layers that the table of the architecture states: its rows are `| layer | module | purpose |`.
fn layers(architecture: &str) -> Layers {
    let rows = architecture.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let layer = cells.next()?.parse().ok()?;
        let module = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((module.to_owned(), layer))
    });
    rows.collect()
}

/// Complaints about paths of `source` to modules that its own may not use.
fn upward(source: &Source, layers: &Layers) -> Vec<String> {
    let Some(own) = module_of(&source.path) else { return Vec::new() };
    let Some(layer) = layers.get(own) else {
        return vec![format!("{}: `{own}` has no layer in docs/architecture.md", source.path)];
    };
    let code = source.code();
    let bodies = inline_modules(&code);
    let file_depth = source.path.matches('/').count() - 1;
    let mut complaints = Vec::new();
    for named in paths(&code, &["crate", "super"]) {
        let ups = named.segments.iter().take_while(|segment| *segment == "super").count();
        let enclosing = bodies.iter().filter(|(body, _)| body.contains(&named.at)).count();
        let from_root = if ups == 0 { 1 } else { ups };
        if ups > 0 && ups < file_depth + enclosing {
            continue;
        }
        let Some(used) = named.segments.get(from_root) else { continue };
        let Some(theirs) = layers.get(used).filter(|theirs| used != own && *theirs >= layer) else {
            continue;
        };
        let place = source.place(named.at);
        complaints.push(format!(
            "{place}: `{own}` (layer {layer}) uses `{used}` (layer {theirs}); only lower layers may be used"
        ));
    }
    complaints
}

/// Complaints about what `source` names of the world, outside its tests.
fn worldly(source: &Source) -> Vec<String> {
    let own = module_of(&source.path);
    if own.is_none_or(|own| TOUCH_THE_WORLD.contains(&own)) {
        return Vec::new();
    }
    let code = source.code();
    let bodies = inline_modules(&code);
    let is_test =
        |named: &Named| bodies.iter().any(|(body, tests)| *tests && body.contains(&named.at));
    let heads: Vec<&str> =
        WORLD.iter().map(|path| path.split("::").next().unwrap_or(path)).collect();
    let mut complaints = Vec::new();
    for named in paths(&code, &heads).into_iter().filter(|named| !is_test(named)) {
        let spelled = named.segments.join("::");
        let is_worldly = |path: &&&str| {
            spelled
                .strip_prefix(**path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        // A crate's name alone is as likely a local variable.
        if named.segments.len() > 1 && WORLD.iter().any(|path| is_worldly(&path)) {
            let place = source.place(named.at);
            complaints.push(format!("{place}: `{spelled}`; only drive and cli touch the world"));
        }
    }
    complaints
}

/// The module of the crate that a file belongs to; none for the roots of the two crates.
fn module_of(path: &str) -> Option<&str> {
    let inner = path.strip_prefix("harness/src/")?;
    let module = inner.split('/').next()?.trim_end_matches(".rs");
    (!["lib", "main"].contains(&module)).then_some(module)
}

/// The files of modules that are declared under `#[cfg(test)]`, and those below them.
fn test_files(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let mut previous = "";
        for line in source.text.lines().map(str::trim) {
            let name = line.trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some(name) = name.and_then(|name| name.strip_suffix(';'))
                && previous == "#[cfg(test)]"
            {
                let stem = format!("{}/{name}", source.path.trim_end_matches(".rs"));
                let below = sources.iter().filter(|other| {
                    other.path.strip_prefix(&stem).is_some_and(|rest| rest.starts_with(['.', '/']))
                });
                found.extend(below.map(|other| other.path.clone()));
            }
            previous = line;
        }
    }
    found
}

const TOUCH_THE_WORLD: [&str; 2] = ["drive", "cli"];

/// Paths that reach sockets, terminals, processes, files, threads and the environment.
const WORLD: [&str; 14] = [
    "tokio",
    "nix",
    "serialport",
    "qapi",
    "indicatif",
    "std::fs",
    "std::process",
    "std::env",
    "std::os",
    "std::thread",
    "std::net::UdpSocket",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::ToSocketAddrs",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn table() -> Layers {
        layers(
            "| layer | module | purpose |\n|---|---|---|\n| 0 | `time` | x |\n| 1 | `wire` | x |\n| 1 | `signal` | x |\n| 2 | `proto` | x |\n",
        )
    }

    #[test]
    fn the_table_is_read() {
        assert_eq!(table().len(), 4);
        assert_eq!(table().get("proto"), Some(&2));
    }

    #[test]
    fn a_path_upward_or_aside_is_found_with_its_line() {
        let text = "use crate::time::Tick;\nuse crate::{time, proto::dialog};\n// crate::proto\nfn f() { crate::signal::g(); }";
        let complaints = upward(&source("harness/src/wire/sip.rs", text), &table());
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(
            complaints[0].starts_with("harness/src/wire/sip.rs:2: `wire` (layer 1) uses `proto`")
        );
        assert!(
            complaints[1].starts_with("harness/src/wire/sip.rs:4: `wire` (layer 1) uses `signal`")
        );
    }

    #[test]
    fn super_reaches_a_sibling_only_from_its_depth() {
        let text = "use super::super::signal;\nuse super::signal;\nmod tests { use super::super::signal; }";
        let complaints = upward(&source("harness/src/wire/sip.rs", text), &table());
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].starts_with("harness/src/wire/sip.rs:1:"));
        let complaints = upward(&source("harness/src/wire.rs", "use super::signal;"), &table());
        assert_eq!(complaints.len(), 1, "{complaints:?}");
    }

    #[test]
    fn a_module_without_a_layer_is_found() {
        let complaints = upward(&source("harness/src/attic.rs", ""), &table());
        assert_eq!(
            complaints,
            ["harness/src/attic.rs: `attic` has no layer in docs/architecture.md"]
        );
    }

    #[test]
    fn the_world_is_found_outside_tests() {
        let text = "use std::net::{IpAddr, UdpSocket};\nuse tokio::time;\nlet nix = 1;\nuse std::fmt;\n#[cfg(test)]\nmod tests { use std::fs; }";
        let complaints = worldly(&source("harness/src/wire.rs", text));
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].starts_with("harness/src/wire.rs:1: `std::net::UdpSocket`"));
        assert!(complaints[1].starts_with("harness/src/wire.rs:2: `tokio::time`"));
        assert_eq!(worldly(&source("harness/src/drive/udp.rs", text)), Vec::<String>::new());
    }

    #[test]
    fn files_of_test_modules_are_known() {
        let sources = [
            source("harness/src/wire/sip.rs", "#[cfg(test)]\nmod tests;\nmod reader;"),
            source("harness/src/wire/sip/tests.rs", ""),
            source("harness/src/wire/sip/tests/torture.rs", ""),
            source("harness/src/wire/sip/reader.rs", ""),
        ];
        let expected = ["harness/src/wire/sip/tests.rs", "harness/src/wire/sip/tests/torture.rs"];
        assert_eq!(test_files(&sources), expected);
    }
}
