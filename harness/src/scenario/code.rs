//! The stable codes of diagnostics.

use std::fmt;

/// How bad a mistake is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// The file cannot be run.
    Error,
    /// The file can be run; something in it is probably not what was meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

macro_rules! codes {
    ($($severity:ident { $($(#[doc = $doc:literal])+ $name:ident $text:literal;)* })*) => {
        /// A kind of mistake. A code never changes its meaning and is never used again.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Code { $($($(#[doc = $doc])+ $name,)*)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$($(Self::$name,)*)*];

            /// The code as printed: `RT0006`.
            pub const fn text(self) -> &'static str {
                match self { $($(Self::$name => $text,)*)* }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self { $($(Self::$name => Severity::$severity,)*)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$name => concat!($($doc),+).trim_ascii(),)*)* }
            }
        }
    };
}

codes! {
    Error {
        /// The file is not YAML.
        Syntax "RT0001";
        /// Anchors, aliases and tags of YAML are not part of the language.
        Alias "RT0002";
        /// A file holds one document.
        Documents "RT0003";
        /// A key stands twice in one mapping.
        DuplicateKey "RT0004";
        /// The nesting is deeper than any scenario needs.
        Depth "RT0005";
        /// The key is not known here.
        UnknownKey "RT0006";
        /// A key is missing.
        MissingKey "RT0007";
        /// A list, a mapping or text stands where another of them is expected.
        Shape "RT0008";
        /// The value is not one of those that are possible here.
        Value "RT0009";
        /// The file is written in a version of the language that this program does not know.
        Version "RT0010";
        /// A `${…}` is not closed or holds no name.
        Placeholder "RT0101";
        /// A `${name}` is not known.
        UnknownName "RT0102";
        /// A requirement is not in the catalogue.
        UnknownRequirement "RT0103";
        /// A seeded defect is not in the list of the reference device.
        UnknownDefect "RT0104";
        /// A role is not among `roles`.
        UnknownRole "RT0105";
        /// The device, the bench or the vocabulary of events does not have this word.
        UnknownWord "RT0106";
        /// An included file does not exist or is not a list of shared steps.
        Include "RT0107";
        /// A file includes itself.
        IncludeCycle "RT0108";
        /// The parameters of an included file do not match.
        Parameters "RT0109";
        /// Two steps have the same name.
        DuplicateLabel "RT0110";
        /// A PICS expression cannot be read.
        Pics "RT0111";
        /// A quantity lacks its unit, or has one of the wrong kind.
        Unit "RT0201";
        /// A quantity is out of range.
        Range "RT0202";
        /// The item of a list of steps is not a step.
        NotAStep "RT0301";
        /// One item of a list of steps holds two steps.
        TwoSteps "RT0302";
        /// A line of the ladder does not run between the device and one of our ends.
        Direction "RT0303";
        /// A message is neither a method nor a status.
        Message "RT0304";
        /// A `~>` line says nothing that can be played or heard.
        Media "RT0305";
        /// `within` stands on something that we do ourselves.
        WithinOnSend "RT0306";
        /// A verb has too few or too many arguments.
        Arguments "RT0307";
        /// A branch of `any of`, or a step of `unordered`, does not wait for the device.
        NotAWait "RT0308";
        /// Two keys of one step contradict each other.
        Conflict "RT0309";
        /// Bytes cannot be read.
        Bytes "RT0310";
        /// A response is sent to no request.
        NoRequest "RT0401";
        /// A request is sent in a dialog that cannot exist yet.
        NoDialog "RT0402";
        /// A list of steps is empty.
        Empty "RT0403";
        /// The case claims nothing of the device.
        NoClaim "RT0404";
        /// `within` stands on a step that may be left out.
        OptionalWithin "RT0405";
        /// A check stands in the postamble, which is not judged.
        PostambleCheck "RT0406";
        /// The program is longer than any case needs.
        TooLong "RT0407";
        /// The expression of a check is wrong.
        Check "RT0501";
    }
    Warning {
        /// The case does not say how it leaves the device.
        NoPostamble "RT0601";
        /// A 2xx to INVITE is never acknowledged.
        NoAck "RT0602";
        /// A step or a branch can never be taken.
        Unreachable "RT0603";
        /// Something has no effect.
        NoEffect "RT0604";
        /// A codec is none that is registered and its name does not begin with `X-`, or it has a rate that it cannot have.
        UnknownCodec "RT0605";
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
