//! One execution in virtual time, as often as wanted.

use super::suite::Suite;
use crate::campaign::names::names;
use crate::campaign::plan::Planned;
use crate::drive::lane::{compile, fnv};
use crate::drive::project::{LoadedRig, Mistake};
use crate::evidence::point::Point;
use crate::evidence::record::CaseRecord;
use crate::evidence::timeline::Timeline;
use crate::run::setup::Setup;
use crate::scenario::program::Program;
use crate::virtual_world::{self, Outcome, Specimen};
use intercom::{Defect, Defects};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An execution that is compiled for the addresses of the virtual world.
pub(super) struct Execution<'a> {
    planned: &'a Planned,
    rig: &'a LoadedRig,
    setup: Setup,
    names: BTreeMap<String, String>,
    pub(super) program: Arc<Program>,
}

impl<'a> Execution<'a> {
    /// Compiles it; `seed` is the run's.
    ///
    /// # Errors
    ///
    /// What the compiler found.
    pub(super) fn new(
        planned: &'a Planned,
        suite: &Suite,
        rig: &'a LoadedRig,
        seed: u64,
    ) -> Result<Self, Mistake> {
        let seed = seed ^ fnv(planned.label().as_bytes());
        let profile = &rig.device.profile;
        let setup =
            virtual_world::setup(planned.roles.len(), planned.ip_version(), &profile.user, seed);
        let names = names(&setup, planned, profile);
        let program = Arc::new(compile(planned, &suite.project, &names)?);
        Ok(Self { planned, rig, setup, names, program })
    }

    /// Runs it on a device with `defects`; what was seen goes to `folder` of the run.
    pub(super) fn run(&self, defects: Defects, folder: String) -> (CaseRecord, Timeline) {
        self.record(self.outcome(defects), folder)
    }

    /// What comes of it on a device with `defects`.
    pub(super) fn outcome(&self, defects: Defects) -> Outcome {
        let specimen = Specimen { defects, prepare: self.rig.profile.prepare.clone() };
        let face = &self.rig.device.face;
        virtual_world::run(&self.program, face, &self.setup, &specimen)
    }

    /// Runs it on the sound device, and then with each of `defects` that this was asked for, one at a
    /// time: with any other it would do the same again.
    pub(super) fn run_with_each(
        &self,
        defects: &[&'static Defect],
        each: impl FnMut(Option<&'static Defect>, Outcome),
    ) {
        let Self { program, setup, rig, .. } = self;
        let (face, prepare) = (&rig.device.face, &rig.profile.prepare);
        virtual_world::run_with_each(program, face, setup, prepare, defects, each);
    }

    /// Its points.
    pub(super) fn points(&self) -> Vec<Point> {
        virtual_world::points(&self.program, &self.setup)
    }

    /// What is recorded of a run.
    pub(super) fn record(&self, outcome: Outcome, folder: String) -> (CaseRecord, Timeline) {
        let record = CaseRecord {
            execution: self.planned.execution.clone(),
            repeat: self.planned.repeat,
            scenario: self.planned.scenario.clone(),
            folder,
            values: self.planned.values.clone(),
            names: self.names.clone(),
            points: self.points(),
            started_unix_ns: 0,
            took: outcome.took,
            sending: None,
            ended: outcome.ended,
        };
        (record, outcome.timeline)
    }
}
