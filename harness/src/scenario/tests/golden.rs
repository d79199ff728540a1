//! Golden diagnostics: `fixtures/lint/NAME.yaml` beside `NAME.err`.

use super::*;
use crate::scenario::diagnostic::{Style, render};
use rstest::rstest;
use std::path::{Path, PathBuf};

/// Every file of `fixtures/lint` gives the diagnostics beside it. `UPDATE_GOLDEN=1` writes them.
#[rstest]
fn diagnostics_are_as_reviewed(#[files("../fixtures/lint/*.yaml")] path: PathBuf) {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let source = Source { path: name, text: std::fs::read_to_string(&path).unwrap() };
    let folder = path.parent().unwrap().to_owned();
    let catalogue = catalogue();
    let defects = ["no-180".to_owned(), "late-ringing".to_owned()];
    let context = Context {
        catalogue: &catalogue,
        includes: &move |path: &str| read(&folder, path),
        messages: &|path| stored(path),
        defects: Some(&defects),
        names: Names::declared(),
    };
    let found = render(&lint(&source, &context), Style::Plain);
    let golden = path.with_extension("err");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(found, expected, "differs from {}", golden.display());
}

fn read(folder: &Path, path: &str) -> Option<Source> {
    let text = std::fs::read_to_string(folder.join(path)).ok()?;
    Some(Source { path: path.to_owned(), text })
}
