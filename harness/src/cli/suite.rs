//! The suite as the commands use it: its files, and the headers of its cases.

use super::Failure;
use crate::drive::project::{ERRATA, LoadedRig, Mistake, Project};
use crate::scenario::code::Severity;
use crate::scenario::diagnostic::{self, Diagnostic, Style};
use crate::scenario::header::CaseHeader;
use crate::scenario::names::Names;
use crate::scenario::{self, Context};
use clap::Args;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// Where the suite is.
#[derive(Args, Clone, Debug)]
pub(super) struct Place {
    /// The folder that has `scenarios` and `fixtures/requirements`
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(super) root: PathBuf,
}

/// The suite, read.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) project: Project,
    /// The path and the header of each case that has one.
    pub(super) cases: Vec<(String, CaseHeader)>,
    /// What is wrong with files that have none.
    pub(super) broken: Vec<Diagnostic>,
}

impl Suite {
    /// All that a run on a rig is made from, by the names that its folder keeps them under.
    pub(super) fn inputs<'a>(
        &'a self,
        rig: &'a LoadedRig,
    ) -> impl Iterator<Item = (String, &'a [u8])> {
        let errata = rig.device.errata.text.as_deref();
        let of_rig = [
            ("device.yaml", Some(rig.device.text.as_str())),
            ("rig.yaml", Some(rig.text.as_str())),
            (ERRATA, errata),
        ];
        let of_rig = of_rig.into_iter().filter_map(|(name, text)| Some((name, text?)));
        self.project.inputs().chain(of_rig.map(|(name, text)| (name.to_owned(), text.as_bytes())))
    }

    pub(super) fn read(place: &Place) -> Result<Self, Failure> {
        Ok(Self::new(Project::read(&place.root)?))
    }

    pub(super) fn new(project: Project) -> Self {
        let (mut cases, mut broken) = (Vec::new(), Vec::new());
        for source in project.cases() {
            let (header, diagnostics) = scenario::header(&source);
            match header {
                Some(header) => cases.push((source.path, header)),
                None => broken.extend(diagnostics),
            }
        }
        Self { project, cases, broken }
    }

    /// What is wrong with the files of these paths, or of all.
    pub(super) fn lint(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        defects: Option<&[String]>,
    ) -> Vec<Diagnostic> {
        let include = |path: &str| self.project.source(path);
        let message = |path: &str| self.project.message(path);
        let context = Context {
            catalogue: &self.project.catalogue,
            includes: &include,
            messages: &message,
            defects,
            names: Names::declared(),
        };
        let wanted = self.project.cases().filter(|source| wanted(&source.path));
        wanted.flat_map(|source| scenario::lint(&source, &context)).collect()
    }

    /// What is wrong with the suite as a whole: ids that stand twice.
    pub(super) fn twice(&self) -> Vec<String> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut found = Vec::new();
        for (path, header) in &self.cases {
            let id = &header.case.id;
            if let Some(other) = seen.insert(id, path) {
                found
                    .push(format!("`{id}` is the id of both {other} and {path}; give one another"));
            }
        }
        found
    }

    /// Refuses to go on with files that do not compile.
    pub(super) fn refuse_errors(&self, wanted: &dyn Fn(&str) -> bool) -> Result<(), Failure> {
        let mut errors = self.broken.clone();
        errors.extend(self.lint(wanted, None).into_iter().filter(is_error));
        if errors.is_empty() {
            return Ok(());
        }
        let count = errors.len();
        super::complain(format_args!("{}", diagnostic::render(&errors, style())));
        Err(Mistake::new("the suite", format!("{count} error(s); mend them and run again")).into())
    }
}

/// Whether a file with this can't be run.
pub(super) fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity() == Severity::Error
}

/// How diagnostics are printed here.
pub(super) fn style() -> Style {
    if std::io::stderr().is_terminal() { Style::Coloured } else { Style::Plain }
}
