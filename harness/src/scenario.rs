//! Scenario text to program, with diagnostics.
//!
//! Text becomes a tree that knows where everything stands ([`tree`]); the tree of one file, the
//! files that it includes and the names that the caller gives become a [`Program`]. Every mistake
//! is a [`Diagnostic`]; all of them are found at once. `docs/scenario-language.md` is the grammar.

mod bytes;
pub mod code;
mod compile;
pub mod diagnostic;
pub mod explain;
mod flow;
pub mod header;
pub mod names;
pub mod pics_expression;
pub mod program;
mod quantity;
mod roles;
pub mod schema;
mod sink;
pub mod source;
mod tree;
pub mod variation;

use self::diagnostic::Diagnostic;
use self::header::CaseHeader;
use self::names::Names;
use self::program::Program;
use self::sink::{Sink, tidy};
use self::source::Source;
use crate::requirement::Catalogue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a scenario is compiled against.
#[derive(Clone)]
pub struct Context<'a> {
    /// The requirements that cases may cite.
    pub catalogue: &'a Catalogue,
    /// The text of a file to include, by the path as written; nothing where there is none.
    pub includes: &'a dyn Fn(&str) -> Option<Source>,
    /// The bytes of a stored message, by the path as written; nothing where there is none.
    pub messages: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// The seeded defects of the reference device; absent: any name will do.
    pub defects: Option<&'a [String]>,
    /// The names that the text may use.
    pub names: Names,
}

/// What a file says of its case before the steps: enough to list and to select it.
///
/// Nothing is looked up; the header is absent only where the file is not a mapping at all.
pub fn header(source: &Source) -> (Option<CaseHeader>, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let header = tree::parse(&Arc::new(source.clone()), &mut sink)
        .and_then(|top| Some(header::read(top.map("a scenario", &mut sink)?, None, &mut sink)));
    (header, sink.finish())
}

/// The executions of a case: the id of each, and its matrix values. Empty where there is no header.
pub fn executions(source: &Source) -> Vec<(String, BTreeMap<String, String>)> {
    header(source).0.map(|header| header.executions()).unwrap_or_default()
}

/// The program of one execution, and what is to be said of the file.
///
/// The program is absent if one of the diagnostics is an error.
pub fn compile(
    source: &Source,
    values: &BTreeMap<String, String>,
    context: &Context<'_>,
) -> (Option<Program>, Vec<Diagnostic>) {
    let (program, sink) = compile::compile(source, values, context);
    (program, sink.finish())
}

/// What is to be said of a file: of all its executions, each thing once.
pub fn lint(source: &Source, context: &Context<'_>) -> Vec<Diagnostic> {
    let mut executions = executions(source);
    if executions.is_empty() {
        executions.push((String::new(), BTreeMap::new()));
    }
    let found = executions.iter().flat_map(|(_, values)| compile(source, values, context).1);
    tidy(found.collect())
}

#[cfg(test)]
mod tests;
