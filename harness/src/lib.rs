//! Hardware-in-the-loop conformance harness for SIP devices.
//!
//! A run is a function. Text becomes a program; a program and what is observed become actions and a
//! timeline; a timeline becomes findings; findings become a verdict; all of it becomes a report.
//! Only [`drive`] touches the world. `docs/architecture.md` has the layers and the laws.

pub mod analysis;
pub mod campaign;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod coverage;
pub mod drive;
pub mod dut;
pub mod evidence;
pub mod impair;
pub mod proto;
pub mod recording;
pub mod report;
pub mod requirement;
pub mod rig;
pub mod run;
pub mod scenario;
pub mod signal;
pub mod statistics;
pub mod time;
pub mod verdict;
pub mod virtual_world;
pub mod wire;
