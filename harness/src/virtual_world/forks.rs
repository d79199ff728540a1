//! One case with many defects.
//!
//! Until a device is first asked for a defect, it does what a device without it does: the defect is
//! nothing but another answer to that question. So the way to there is gone only once for all of them.

use super::course::Course;
use super::{Outcome, Specimen};
use crate::dut::face::Face;
use crate::evidence::record::Ended;
use crate::run::boundary::contained;
use crate::run::setup::Setup;
use crate::scenario::program::Program;
use intercom::{Defect, Defects};
use std::sync::Arc;

/// Runs a program on the sound device, which comes first, and then with each of `wanted` that the sound
/// one was asked for, one at a time, in the order in which that was first; `each` takes what came of it.
///
/// What comes of it is what [`run`](super::run) makes of a device with that defect, whose boot log does
/// not name it.
pub fn run_with_each(
    program: &Arc<Program>,
    face: &Arc<Face>,
    setup: &Setup,
    prepare: &[String],
    wanted: &[&'static Defect],
    mut each: impl FnMut(Option<&'static Defect>, Outcome),
) {
    let specimen = |defects| Specimen { defects, prepare: prepare.to_vec() };
    let noting = specimen(Defects::noting());
    let (outcome, mut forks) = explored(Course::new(program, face, setup, &noting), wanted);
    each(None, outcome);
    forks.reverse();
    let switched = specimen(Defects::default().unnamed());
    let mut trunk = Course::new(program, face, setup, &switched);
    for moment in 0_usize.. {
        while let Some((_, defect)) = forks.pop_if(|(at, _)| *at == moment) {
            let fork = trunk.clone();
            switched.defects.switch(&Defects::default().with(*defect));
            let outcome = fork.finish();
            switched.defects.switch(&Defects::default());
            each(Some(defect), outcome);
        }
        // Where the trunk breaks down, no fork is left: the first run broke down there.
        if forks.is_empty() || contained(|| trunk.advance()) != Ok(None) {
            return;
        }
    }
}

/// Runs a case to its end; in which moment the device was first asked for each of `wanted`, in that
/// order.
fn explored(
    mut course: Course<'_>,
    wanted: &[&'static Defect],
) -> (Outcome, Vec<(usize, &'static Defect)>) {
    let defects = course.world.specimen.defects.clone();
    let mut forks: Vec<(usize, &'static Defect)> = Vec::new();
    let mut moment = 0;
    let ended = loop {
        let before = defects.count_asked();
        let ended =
            contained(|| course.advance()).unwrap_or_else(|words| Some(Ended::Panic(words)));
        if defects.count_asked() > before {
            let is_known = |name| forks.iter().any(|(_, known)| known.name == name);
            let new = wanted.iter().filter(|it| defects.was_asked(***it) && !is_known(it.name));
            let new: Vec<_> = new.map(|defect| (moment, *defect)).collect();
            forks.extend(new);
        }
        if let Some(ended) = ended {
            break ended;
        }
        moment += 1;
    };
    (course.ended(ended), forks)
}
