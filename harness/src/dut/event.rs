//! What a device tells through its control face.

use std::fmt;

/// Something that the device told, as a device profile recognises it in a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// What the line said of it: the digit, the reason, the codec. Empty where it said nothing.
    pub detail: String,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $word:literal;)*) => {
        /// The vocabulary of events; a device's profile says how its lines tell them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum EventKind { $($(#[$doc])* $name,)* }

        impl EventKind {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in scenario files and device profiles.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

events! {
    /// The device is up and takes commands. Detail: nothing.
    Booted "booted";
    /// What its firmware is. Detail: name and version.
    Version "version";
    /// Why it started. Detail: the cause, such as `power-on` or `watchdog`.
    ResetCause "reset-cause";
    /// It has no call.
    Idle "idle";
    /// A call comes in. Detail: from whom.
    Incoming "incoming";
    /// It rings.
    Ringing "ringing";
    /// It calls. Detail: whom.
    Dialing "dialing";
    /// A call is up. Detail: the codec where the line says it.
    Established "established";
    /// A call is over. Detail: the reason.
    Ended "ended";
    /// It is registered. Detail: for how long.
    Registered "registered";
    /// It is no longer registered.
    Unregistered "unregistered";
    /// Registering failed. Detail: the answer.
    RegistrationFailed "registration-failed";
    /// It heard a digit. Detail: the digit.
    Digit "digit";
    /// The relay opened the door.
    RelayOpen "relay-open";
    /// The relay closed again.
    RelayClosed "relay-closed";
    /// Its software crashed. Detail: the message.
    Crashed "crashed";
    /// It did what it was told.
    Done "done";
    /// It refused what it was told. Detail: why.
    Refused "refused";
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.word())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " {}", self.detail) }
    }
}
