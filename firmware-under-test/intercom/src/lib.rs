//! A door station with a speaker, a microphone, a call button, a door relay and a serial console.
//!
//! [`Device`] is the whole firmware without a board: no socket, clock or file. The binary puts it on
//! a host; the harness runs it in process.

mod audio;
mod call;
mod console;
mod defects;
mod device;
mod dialog;
mod digest;
mod dtmf;
mod media;
mod provisional;
mod registration;
mod rtcp;
mod rtp;
mod sdes;
mod sdp;
mod settings;
mod shield;
mod sip;
mod srtp;
mod tls;
mod transaction;
mod transport;

pub use audio::Codec;
pub use defects::{Defect, Defects, UnknownDefect, yaml as defects_yaml};
pub use device::{Config, Device, Output, Port, ResetCause};
pub use digest::Visitors;
pub use sdes::Policy;
pub use settings::{Account, DigitsBy, ReportPort, Settings};
pub use sip::read_stamp as unix_time;
pub use srtp::Suite;
pub use tls::{Anchor, Demand, Distrust, Name, Shown};
pub use transport::{Connection, Stream};
