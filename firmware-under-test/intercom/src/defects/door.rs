//! The door station itself: digits, button, relay, resets.

use super::Defect;

defects! {
    14;
    NO_REGISTER_AFTER_REBOOT: "no-register-after-reboot",
        "registers at power-on only, not after any other reset",
        ["HIL-REGISTERS-AFTER-BOOT"];
    RING_FOREVER: "ring-forever",
        "ignores its ring time-out",
        ["DEV-RING-TIMEOUT"];
    AUTO_ANSWER_IGNORED: "auto-answer-ignored",
        "rings although auto-answer is on",
        ["DEV-AUTO-ANSWER"];
    BUTTON_DEAD: "button-dead",
        "does nothing when its button is pressed",
        ["DEV-BUTTON"];
    DIGIT_DEAF_ABCD: "digit-deaf-abcd",
        "does not hear the digits A, B, C and D",
        ["RFC2833-3.9-2"];
    DIGIT_OFF_BY_ONE: "digit-off-by-one",
        "hears each of 0 to 9 as the next digit",
        ["DEV-DIGITS"];
    DOUBLE_DIGIT: "double-digit",
        "hears a digit once for each of its end packets",
        ["DEV-DIGITS"];
    DTMF_SINGLE_END: "dtmf-single-end",
        "sends the end of a digit once instead of three times",
        ["RFC4733-2.5.1.4-a"];
    DTMF_TIMESTAMP_MOVES: "dtmf-timestamp-moves",
        "advances the timestamp within one digit",
        ["RFC4733-2.2.1-a"];
    RELAY_STUCK: "relay-stuck",
        "never moves its relay",
        ["DEV-RELAY"];
    RESET_CAUSE_LOST: "reset-cause-lost",
        "says power-on after every reset",
        ["HIL-RESET-CAUSE"];
    SETTINGS_FORGOTTEN: "settings-forgotten",
        "keeps its settings in memory only and loses them with its power",
        ["HIL-SETTINGS-KEPT"];
}
