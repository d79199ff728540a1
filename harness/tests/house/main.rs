//! Tests of the project itself: that the house is built as `docs/architecture.md` says.

mod catalogue;
mod citations;
mod independence;
mod layers;
mod readme;
mod source;

use std::path::{Path, PathBuf};

/// The top folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file of the repository.
fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// Fails with every complaint, a line each.
fn none_of(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaint(s)\n{}", complaints.len(), complaints.join("\n"));
}
