//! Digits, as they are heard and sent in each of the three ways.

use super::Defect;

defects! {
    15;
    EVENTS_NEED_MARKER: "events-need-marker",
        "hears a telephone event only by a packet with the marker",
        ["DEV-DIGITS"];
    EVENTS_NEED_END: "events-need-end",
        "hears a telephone event only by a packet with the end bit",
        ["DEV-DIGITS"];
    EVENTS_SAME_ONCE: "events-same-once",
        "takes the same digit dialled again for more packets of the one before",
        ["DEV-DIGITS"];
    EVENTS_101_ONLY: "events-101-only",
        "uses payload type 101 for telephone events, whatever was agreed",
        ["RFC3264-6.1-31", "DEV-DIGITS"];
    EVENTS_LONG_REPEATS: "events-long-repeats",
        "hears a digit again for each second that it lasts",
        ["DEV-DIGITS"];
    EVENTS_SEGMENT_ANEW: "events-segment-anew",
        "takes each segment of a long event for another digit",
        ["DEV-DIGITS"];
    EVENTS_RESERVED_MINDED: "events-reserved-minded",
        "does not hear a telephone event whose reserved bit is set",
        ["RFC2833-3.5-4"];
    EVENTS_FAINT_IGNORED: "events-faint-ignored",
        "does not hear a telephone event whose volume is below -30 dBm0",
        ["RFC2833-3.5-a"];
    EVENTS_SHORT_IGNORED: "events-short-ignored",
        "does not hear a telephone event before it has lasted 100 ms",
        ["DEV-DIGITS"];
    DTMF_NO_MARKER: "dtmf-no-marker",
        "sends its telephone events without the marker",
        ["RFC2833-3.4-a"];
    DTMF_ALWAYS_MARKED: "dtmf-always-marked",
        "sends every packet of a telephone event with the marker",
        ["RFC2833-3.4-a"];
    DTMF_DURATION_HELD: "dtmf-duration-held",
        "states the same duration in every packet of a telephone event",
        ["RFC2833-3.6-a"];
    DTMF_FAINT: "dtmf-faint",
        "sends its telephone events with a volume that has to be rejected",
        ["RFC2833-3.5-a"];
    DTMF_OTHER_SOURCE: "dtmf-other-source",
        "sends its telephone events as a stream beside that of the audio",
        ["RFC2833-3.1-1"];
    DTMF_RESERVED_SET: "dtmf-reserved-set",
        "sets the reserved bit of its telephone events",
        ["RFC2833-3.5-4"];
    DTMF_SHORT: "dtmf-short",
        "sends telephone events of 20 ms",
        ["RFC2833-3.6-b"];
    INFO_UNSUPPORTED: "info-unsupported",
        "answers every INFO request with 501",
        ["RFC6086-4.2.2-5"];
    INFO_RELAY_DEAF: "info-relay-deaf",
        "does not hear the digits of application/dtmf-relay bodies",
        ["DEV-DIGITS-INFO"];
    INFO_DTMF_DEAF: "info-dtmf-deaf",
        "does not hear the digits of application/dtmf bodies",
        ["DEV-DIGITS-INFO"];
    INFO_SIGNAL_STRICT: "info-signal-strict",
        "does not hear a digit in an application/dtmf-relay body after a blank",
        ["DEV-DIGITS-INFO"];
    INFO_PACKAGE_TAKEN: "info-package-taken",
        "answers an INFO of a package that it does not know with 200",
        ["RFC6086-4.2.2-1"];
    INFO_469_SILENT: "info-469-silent",
        "does not say in its 469 which packages it would take",
        ["RFC6086-4.2.2-1"];
    INFO_469_ENDS_CALL: "info-469-ends-call",
        "ends the call over an INFO of a package that it does not know",
        ["DEV-INFO-SPARES-CALL"];
    RECV_INFO_MISSING: "recv-info-missing",
        "does not say in its 2xx which packages it takes, although it was asked",
        ["RFC6086-5.2.3-2"];
    RECV_INFO_UNASKED: "recv-info-unasked",
        "says in its 2xx which packages it takes, although it was not asked",
        ["RFC6086-5.2.3-3"];
    INFO_SENT_IN_PACKAGE: "info-sent-in-package",
        "sends its digits as INFO of a package that nobody asked for",
        ["RFC6086-4.2.1-2"];
    INFO_SENT_AS_OTHER: "info-sent-as-other",
        "sends its digits in INFO with a content type that is not of digits",
        ["DEV-DIGITS-SENT"];
    INFO_SENT_OFF_BY_ONE: "info-sent-off-by-one",
        "sends the next digit in INFO in place of the one that it was told",
        ["DEV-DIGITS-SENT"];
    INFO_SENT_LONG: "info-sent-long",
        "states a duration of nine seconds in INFO",
        ["DEV-DIGITS-INFO-DURATION"];
    INBAND_DEAF: "inband-deaf",
        "hears no tones",
        ["DEV-DTMF-HEARD"];
    INBAND_NARROW: "inband-narrow",
        "hears tones only within 1 % of their frequency",
        ["DEV-DTMF-FREQUENCY"];
    INBAND_WIDE: "inband-wide",
        "hears tones up to 6 % from their frequency",
        ["DEV-DTMF-FREQUENCY-REJECTED"];
    INBAND_TWIST_NARROW: "inband-twist-narrow",
        "does not hear two tones whose levels differ by more than 2 and 4 dB",
        ["DEV-DTMF-TWIST"];
    INBAND_SLOW: "inband-slow",
        "needs tones of 60 ms",
        ["DEV-DTMF-DURATION"];
    INBAND_HASTY: "inband-hasty",
        "hears tones of 15 ms",
        ["DEV-DTMF-DURATION-REJECTED"];
    INBAND_HARD_OF_HEARING: "inband-hard-of-hearing",
        "needs tones of -20 dBm0",
        ["DEV-DTMF-LEVEL"];
    INBAND_OVERHEARS: "inband-overhears",
        "hears tones of -57 dBm0",
        ["DEV-DTMF-LEVEL-REJECTED"];
    INBAND_STUTTERS: "inband-stutters",
        "takes an interruption of 10 ms for the end of a digit",
        ["DEV-DTMF-INTERRUPTION"];
    INBAND_SLUGGISH: "inband-sluggish",
        "needs 80 ms between two digits",
        ["DEV-DTMF-PAUSE"];
    INBAND_TALKED_OFF: "inband-talked-off",
        "takes two tones for a digit whatever else is heard",
        ["DEV-DTMF-TALK"];
    INBAND_SENT_DETUNED: "inband-sent-detuned",
        "sends tones 2 % too high",
        ["DEV-DTMF-SENT-FREQUENCY"];
    INBAND_SENT_TWISTED: "inband-sent-twisted",
        "sends the high tone 12 dB below the low one",
        ["DEV-DIGITS-SENT"];
    INBAND_SENT_QUIET: "inband-sent-quiet",
        "sends tones of -34 dBm0",
        ["DEV-DTMF-SENT-LEVEL"];
    INBAND_SENT_SHORT: "inband-sent-short",
        "sends tones of 20 ms",
        ["DEV-DIGITS-SENT"];
    PRESSES_DOUBLED: "presses-doubled",
        "takes one press that it hears in two ways for two digits",
        ["DEV-ONE-PRESS"];
    PRESSES_MERGED: "presses-merged",
        "takes the same digit within 600 ms for the same press",
        ["DEV-DIGITS"];
}
