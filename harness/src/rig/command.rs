//! What a scenario can tell the bench to do.

#[cfg(doc)]
use super::fault::Fault;

/// One thing that the bench does to the device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// Switches the device on. Where it has power already, that is a [`Fault`]: see [`Fault::is_on`].
    PowerOn,
    /// Cuts the device's power.
    PowerOff,
    /// Pulses the reset line: power stays.
    Reset,
}

impl Command {
    /// Every command.
    pub const ALL: &[Self] = &[Self::PowerOn, Self::PowerOff, Self::Reset];

    /// The words in scenario files, and in the timeline.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PowerOn => "power on",
            Self::PowerOff => "power off",
            Self::Reset => "reset",
        }
    }
}
