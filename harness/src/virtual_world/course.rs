//! A case in virtual time, from power on to its end, one moment after the other.

use super::{CONSOLE_DELAY, Due, LONGEST_CASE, Outcome, Specimen, World};
use crate::dut::event::EventKind;
use crate::dut::face::Face;
use crate::evidence::record::Ended;
use crate::evidence::timeline::{Entry, Seen};
use crate::rig::command::Command;
use crate::rig::fault::Fault;
use crate::run::action::Action;
use crate::run::boundary::contained;
use crate::run::machine::Machine;
use crate::run::setup::Setup;
use crate::scenario::program::Program;
use crate::time::Tick;
use intercom::ResetCause;
use std::sync::Arc;
use std::time::Duration;

/// A case under way. All of it is data, so that a clone goes on as this does.
#[derive(Clone, Debug)]
pub(super) struct Course<'a> {
    pub(super) world: World<'a>,
    pub(super) machine: Machine,
    phase: Phase,
    /// When the case began, behind the start of the device.
    began: Tick,
}

/// How far a case is.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The device is off.
    Off,
    /// It starts; so many entries of the timeline have been looked at.
    Starting { seen: usize },
    /// What is prepared comes into force until then.
    Settling { until: Tick },
    /// The program runs.
    Testing,
}

impl<'a> Course<'a> {
    /// A case whose device is off.
    pub(super) fn new(
        program: &Arc<Program>,
        face: &'a Arc<Face>,
        setup: &'a Setup,
        specimen: &'a Specimen,
    ) -> Self {
        let mut world = World::new(face, setup, specimen);
        world.certificates = program.roles.iter().map(|role| role.certificate).collect();
        let machine = Machine::new(Arc::clone(program), Arc::clone(face), setup.clone());
        let began = world.now;
        Self { world, machine, phase: Phase::Off, began }
    }

    /// The same, where the device has started.
    #[cfg(test)]
    pub(super) fn started(mut self) -> Self {
        while !matches!(self.phase, Phase::Testing) {
            assert_eq!(self.advance(), None);
        }
        self
    }

    /// Goes on to the end.
    pub(super) fn finish(mut self) -> Outcome {
        let ended = contained(|| {
            loop {
                if let Some(ended) = self.advance() {
                    return ended;
                }
            }
        });
        self.ended(ended.unwrap_or_else(Ended::Panic))
    }

    /// What there is of it, which ended so.
    pub(super) fn ended(self, ended: Ended) -> Outcome {
        let took = self.world.now.since(self.began);
        Outcome { timeline: self.world.timeline, ended, took }
    }

    /// Goes on by a moment; says how the case ended, if it has.
    pub(super) fn advance(&mut self) -> Option<Ended> {
        let world = &mut self.world;
        match self.phase {
            Phase::Off => {
                world.power_on(ResetCause::PowerOn);
                self.phase = Phase::Starting { seen: 0 };
            }
            Phase::Starting { seen } if world.now < Tick::ZERO + LONGEST_START => {
                world.step(None, None);
                let entries = world.timeline.entries();
                let ready = entries.iter().skip(seen).any(|entry| is_ready(entry, world.face));
                self.phase =
                    if ready { self.prepare() } else { Phase::Starting { seen: entries.len() } };
            }
            Phase::Starting { .. } => self.phase = self.prepare(),
            Phase::Settling { until } if world.now < until => world.step(None, Some(until)),
            Phase::Settling { .. } => {
                self.began = world.now;
                self.phase = Phase::Testing;
            }
            Phase::Testing => return self.test(),
        }
        None
    }

    /// Has the device told what it is to be like.
    fn prepare(&mut self) -> Phase {
        let world = &mut self.world;
        for line in &world.specimen.prepare {
            let bytes = world.face.encode(line);
            world.schedule(world.now + CONSOLE_DELAY, Due::KeysToDevice(bytes));
        }
        Phase::Settling { until: world.now + SETTLING }
    }

    /// Does what the program wants done now, and goes on to what happens next.
    fn test(&mut self) -> Option<Ended> {
        let Self { world, machine, .. } = self;
        while let Some(action) = machine.poll_action(world.now) {
            if let Action::Finish(ended) = action {
                return Some(ended);
            }
            if action == Action::Bench(Command::PowerOn) && world.has_power() {
                return Some(Ended::Fault(format!("cannot {}", Fault::is_on())));
            }
            world.perform(machine, action);
        }
        if world.now > Tick::ZERO + LONGEST_CASE {
            return Some(Ended::Panic(format!("the case was not over after {LONGEST_CASE:?}")));
        }
        world.step(Some(machine), None);
        None
    }
}

/// Whether the device told that it is ready.
fn is_ready(entry: &Entry, face: &Face) -> bool {
    matches!(&entry.seen, Seen::Line(line)
        if face.events(line).iter().any(|event| event.kind == EventKind::Booted))
}

/// How long the prepared settings may take to be in force.
const SETTLING: Duration = Duration::from_millis(50);
const LONGEST_START: Duration = Duration::from_secs(10);
