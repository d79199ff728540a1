//! Commands to the device's control face (the upper tester of ISO 9646).

use std::fmt;

/// One thing that a device can be told to do, with its arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Action {
    /// What to do.
    pub verb: Verb,
    /// The arguments that [`Verb::arguments`] names, in that order.
    pub arguments: Vec<String>,
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident $word:literal [$($argument:literal),*];)*) => {
        /// The vocabulary of the control face; a device's profile says which of it the device has.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Verb { $($(#[$doc])* $name,)* }

        impl Verb {
            /// Every verb.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in scenario files and device profiles.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The names of its arguments, in order; all are required.
            pub const fn arguments(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($argument),*],)* }
            }
        }
    };
}

verbs! {
    /// Ends every call and waits until the device says that it is idle.
    Idle "idle" [];
    /// Takes the ringing call.
    Answer "answer" [];
    /// Refuses the ringing call.
    Reject "reject" [];
    /// Ends the call, or gives up the outgoing one.
    HangUp "hangup" [];
    /// Holds the other side of the call.
    Hold "hold" [];
    /// Takes the other side back from hold.
    Resume "resume" [];
    /// Presses the call button.
    Press "press" [];
    /// Sets whom the call button calls.
    ButtonUri "button-uri" ["uri"];
    /// Calls an address.
    Dial "dial" ["uri"];
    /// Asks an address what it can do, by OPTIONS.
    Query "query" ["uri"];
    /// Sends digits in the call.
    Digits "digits" ["digits"];
    /// Sets how it sends digits: `rtp`, `info`, `info-dtmf` or `inband`.
    DigitsBy "digits-by" ["method"];
    /// Registers an address of record with a registrar.
    Register "register" ["aor", "user", "password", "expires", "registrar"];
    /// Registers an address of record with the host of that address, for want of a registrar.
    RegisterByAor "register-by-aor" ["aor", "user", "password", "expires"];
    /// Removes the registration.
    Unregister "unregister" [];
    /// Returns received audio to the sender: `on` or `off`.
    Loopback "loopback" ["switch"];
    /// Answers without a hand: `on` or `off`.
    AutoAnswer "auto-answer" ["switch"];
    /// Sends a tone as the microphone's signal, or `off off`.
    Tone "tone" ["hz", "dbm0"];
    /// Sets the codecs and their order, separated by commas.
    Codecs "codecs" ["codecs"];
    /// Sets how long an incoming call rings, in seconds.
    RingTimeout "ring-timeout" ["seconds"];
    /// Sets how long an outgoing call waits for an answer, in seconds.
    NoAnswerTimeout "no-answer-timeout" ["seconds"];
    /// Offers to take reports at the port of media: `on` or `off`.
    RtcpMux "rtcp-mux" ["switch"];
    /// Sets when media is secure: `off`, `accept`, `best-effort` or `sdes`.
    Srtp "srtp" ["policy"];
    /// Sets the suites of secure media and their order, separated by commas.
    SrtpSuites "srtp-suites" ["suites"];
    /// Wants keys of media over TLS only: `on` or `off`.
    SrtpNeedsTls "srtp-needs-tls" ["switch"];
    /// Sets who has to prove who he is before he is served, by which digests, or `off off off`.
    Challenge "challenge" ["algorithms", "user", "password"];
    /// Sets the only user that the device takes requests for, or `any`.
    Callee "callee" ["user"];
    /// Sets the `q` of its binding, or `none`.
    Preference "preference" ["q"];
    /// Sets who may connect to it over TLS: `any`, or `known`, who shows a good certificate.
    TlsClients "tls-clients" ["who"];
    /// Sets its clock: `2026-11-27T22:00:00Z`, `unset`, or `board` for that of its board.
    Clock "clock" ["time"];
    /// Has provisional responses acknowledged by PRACK, where both sides can: `on` or `off`.
    Reliable "100rel" ["switch"];
    /// Answers offers, and sends audio, before it is answered, to who has provisional responses acknowledged: `on` or `off`.
    EarlyMedia "early-media" ["switch"];
    /// Restarts the device's software.
    Reboot "reboot" [];
    /// Stops the device's main loop, so that its watchdog has to act.
    Hang "hang" [];
    /// Asks for the state; the device answers with lines.
    Status "status" [];
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb.word())?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}
