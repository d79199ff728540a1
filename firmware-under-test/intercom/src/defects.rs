//! The seeded defects: each is one deliberate departure from a standard, off unless asked for.
//!
//! `defects.yaml` is this table as data, for those who choose defects without reading the code.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// One deliberate departure.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Kebab-case name, as `--defect` takes it.
    pub name: &'static str,
    /// What the device then does wrong, in one line.
    pub summary: &'static str,
    /// The requirements that it breaks, by their ids in the catalogue of the suite.
    pub requirements: &'static [&'static str],
    bit: Bit,
}

/// The defects that a device has; none by default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Defects(u128);

impl Defects {
    /// Every defect that can be seeded, in the order of `defects.yaml`.
    pub const fn all() -> &'static [Defect] {
        ALL
    }

    /// Whether the device has `defect`.
    pub const fn has(self, defect: Defect) -> bool {
        self.0 & (1 << defect.bit as u32) != 0
    }

    /// The same defects and one more.
    #[must_use]
    pub const fn with(self, defect: Defect) -> Self {
        Self(self.0 | (1 << defect.bit as u32))
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromStr for Defects {
    type Err = UnknownDefect;

    /// Reads names separated by commas; spaces around a name and empty names are ignored.
    fn from_str(names: &str) -> Result<Self, UnknownDefect> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.into_iter().try_fold(Self::default(), |defects, name| {
            match ALL.iter().find(|defect| defect.name == name) {
                Some(&defect) => Ok(defects.with(defect)),
                None => Err(UnknownDefect { name: name.to_owned() }),
            }
        })
    }
}

impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = ALL.iter().filter(|&&d| self.has(d)).map(|d| d.name).collect();
        f.write_str(&names.join(","))
    }
}

/// A name that no defect has; the author of the command line is at fault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownDefect {
    /// The name that was given.
    pub name: String,
}

impl fmt::Display for UnknownDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut near: Vec<_> = ALL.iter().map(|d| (distance(d.name, &self.name), d.name)).collect();
        near.sort_unstable();
        let near: Vec<_> = near.iter().take(3).map(|&(_, name)| name).collect();
        write!(f, "no defect is named {:?}; near it: {}", self.name, near.join(", "))
    }
}

impl std::error::Error for UnknownDefect {}

/// The table as the YAML document that `defects.yaml` must equal.
pub fn yaml() -> String {
    let mut text = String::from(
        "# Seeded defects of the reference device: one deliberate departure each.\n\
         # The table is src/defects.rs; a test keeps this file equal to it.\n",
    );
    for Defect { name, summary, requirements, .. } in ALL {
        let requirements = requirements.join(", ");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "- name: {name}\n  summary: {summary:?}\n  requirements: [{requirements}]\n"
        );
    }
    text
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, &above) in b.chars().zip(row.iter().skip(1)) {
            let cost = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
            diagonal = above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

macro_rules! defects {
    ($($konst:ident: $name:literal, $summary:literal, [$($requirement:literal),+];)+) => {
        #[derive(Clone, Copy, Debug)]
        #[expect(non_camel_case_types, reason = "named as the constants of Defect are")]
        enum Bit { $($konst),+ }

        #[expect(missing_docs, reason = "each constant's summary says what it is")]
        impl Defect {
            $(pub const $konst: Self = Self {
                name: $name,
                summary: $summary,
                requirements: &[$($requirement),+],
                bit: Bit::$konst,
            };)+
        }

        static ALL: &[Defect] = &[$(Defect::$konst),+];
    };
}

defects! {
    // Registration and authentication.
    DIGEST_RESPONSE_WRONG: "digest-response-wrong",
        "answers a challenge with a response that does not match the password",
        ["RFC3261-22.2-3"];
    REFRESH_LATE: "refresh-late",
        "refreshes its registration two seconds after the granted expiry",
        ["RFC3261-10.2.4-a"];
    REGISTER_NEW_CALL_ID: "register-new-call-id",
        "uses a new Call-ID for each REGISTER",
        ["RFC3261-10.2.4-3"];
    REGISTER_CSEQ_STUCK: "register-cseq-stuck",
        "uses the same CSeq for each REGISTER",
        ["RFC3261-10.2-9", "RFC3261-22.2-8"];
    NO_SHA256: "no-sha256",
        "answers a SHA-256 challenge with an MD5 response",
        ["RFC3261-22.2-3"];
    IGNORES_MIN_EXPIRES: "ignores-min-expires",
        "repeats the same expiry after 423 Interval Too Brief",
        ["RFC3261-10.2.8-1"];
    UNREGISTER_KEEPS_EXPIRES: "unregister-keeps-expires",
        "removes its binding with the usual expiry instead of zero",
        ["RFC3261-10.2.2-a"];
    AUTH_LOOPS: "auth-loops",
        "goes on answering challenges after its credentials were rejected",
        ["RFC3261-22.1-13"];
    NO_REGISTER_AFTER_REBOOT: "no-register-after-reboot",
        "registers at power-on only, not after any other reset",
        ["HIL-REGISTERS-AFTER-BOOT"];

    // Answering a call.
    NO_RINGING: "no-ringing",
        "sends no 180 while it rings",
        ["DEV-RINGING"];
    NO_100: "no-100",
        "sends no 100 although its first answer takes more than 200 ms",
        ["RFC3261-17.2.1-1"];
    BUSY_RINGS: "busy-rings",
        "rings a second call while busy instead of rejecting it with 486",
        ["RFC3261-13.3.1.3-1"];
    CANCEL_WITHOUT_487: "cancel-without-487",
        "answers CANCEL but never answers the cancelled INVITE",
        ["RFC3261-9.2-2"];
    CANCEL_UNANSWERED: "cancel-unanswered",
        "ends the cancelled INVITE but never answers the CANCEL",
        ["RFC3261-9.2-a"];
    ANSWER_2XX_NOT_RETRANSMITTED: "2xx-not-retransmitted",
        "sends its 200 to INVITE once only",
        ["RFC3261-13.3.1.4-a"];
    ANSWER_2XX_FIXED_INTERVAL: "2xx-fixed-interval",
        "retransmits its 200 to INVITE every 500 ms instead of doubling up to T2",
        ["RFC3261-13.3.1.4-a"];
    UNACKED_NO_BYE: "unacked-no-bye",
        "drops a call whose 200 was never acknowledged without sending BYE",
        ["RFC3261-13.3.1.4-4"];
    TO_TAG_CHANGES: "to-tag-changes",
        "puts another To tag into its 200 than into its 180",
        ["RFC3261-8.2.6.2-7"];
    TAGLESS_1XX: "1xx-without-to-tag",
        "sends 180 without a To tag",
        ["RFC3261-8.2.6.2-6"];
    NO_CONTACT_IN_2XX: "no-contact-in-2xx",
        "sends its 200 to INVITE without a Contact",
        ["RFC3261-12.1.1-2"];
    INVITE_RETRANSMISSION_RINGS_TWICE: "invite-retransmission-rings-twice",
        "treats a retransmitted INVITE as a new call",
        ["RFC3261-17.2.1-5"];
    RING_FOREVER: "ring-forever",
        "ignores its ring time-out",
        ["DEV-RING-TIMEOUT"];
    AUTO_ANSWER_IGNORED: "auto-answer-ignored",
        "rings although auto-answer is on",
        ["DEV-AUTO-ANSWER"];

    // Making a call.
    ACK_MISSING: "ack-missing",
        "sends no ACK for a 2xx to its INVITE",
        ["RFC3261-13.2.2.4-3"];
    ACK_WRONG_CSEQ: "ack-wrong-cseq",
        "numbers the ACK for a 2xx one above its INVITE",
        ["RFC3261-13.2.2.4-4"];
    NO_ACK_TO_FAILURE: "no-ack-to-failure",
        "sends no ACK for a 300 to 699 response to its INVITE",
        ["RFC3261-17.1.1.2-19"];
    NO_CANCEL_ON_NO_ANSWER: "no-cancel-on-no-answer",
        "gives up an unanswered call without sending CANCEL",
        ["DEV-NO-ANSWER"];
    REJECT_STAYS_CALLING: "reject-stays-calling",
        "goes on calling after its call was rejected",
        ["RFC3261-13.2.2.3-a"];
    BUTTON_DEAD: "button-dead",
        "does nothing when its button is pressed",
        ["DEV-BUTTON"];

    // Transactions.
    TIMER_A_CONSTANT: "timer-a-constant",
        "retransmits INVITE every T1 instead of doubling the interval",
        ["RFC3261-17.1.1.2-8"];
    TIMER_B_EARLY: "timer-b-early",
        "gives an INVITE up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.1.2-5"];
    TIMER_E_UNCAPPED: "timer-e-uncapped",
        "goes on doubling the retransmission interval of other requests past T2",
        ["RFC3261-17.1.2.2-b"];
    TIMER_F_EARLY: "timer-f-early",
        "gives other requests up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.2.2-1"];
    BRANCH_WITHOUT_COOKIE: "branch-without-cookie",
        "makes branches that do not begin with z9hG4bK",
        ["RFC3261-8.1.1.7-5"];
    SAME_BRANCH_FOR_ALL: "same-branch-for-all",
        "uses one branch for all its requests",
        ["RFC3261-8.1.1.7-4"];

    // Requests in general.
    OPTIONS_WITHOUT_ALLOW: "options-without-allow",
        "answers OPTIONS without Allow",
        ["RFC3261-11.2-2"];
    UNKNOWN_METHOD_501: "unknown-method-501",
        "answers a method that it does not support with 501 instead of 405",
        ["RFC3261-8.2.1-2"];
    NO_ALLOW_IN_405: "405-without-allow",
        "sends 405 without Allow",
        ["RFC3261-8.2.1-3"];
    IGNORES_REQUIRE: "ignores-require",
        "serves a request whose Require names an extension that it does not have",
        ["RFC3261-8.2.2.3-1"];
    NO_UNSUPPORTED_IN_420: "420-without-unsupported",
        "sends 420 without Unsupported",
        ["RFC3261-8.2.2.3-2"];
    CRASH_ON_MALFORMED: "crash-on-malformed",
        "crashes on a request without Call-ID",
        ["DEV-ALIVE"];
    NO_COMPACT_FORMS: "no-compact-forms",
        "does not know the compact forms of header names",
        ["RFC3261-7.3.3-3"];
    NO_RPORT: "no-rport",
        "ignores rport and answers to the port in the Via",
        ["RFC3581-4-1"];
    VIA_REORDERED: "via-reordered",
        "answers with the Via values in reverse order",
        ["RFC3261-8.2.6.2-4"];
    MAX_FORWARDS_MISSING: "max-forwards-missing",
        "sends requests without Max-Forwards",
        ["RFC3261-8.1.1.6-1"];

    // Ending a call.
    BYE_UNANSWERED: "bye-unanswered",
        "ends the call on BYE without answering it",
        ["RFC3261-15.1.2-4"];
    STRAY_BYE_200: "stray-bye-200",
        "answers a BYE that belongs to no call with 200 instead of 481",
        ["RFC3261-15.1.2-1"];
    RTP_AFTER_BYE: "rtp-after-bye",
        "goes on sending RTP for two seconds after the call has ended",
        ["RFC3261-15.1.2-3", "RFC3261-15.1.1-1"];
    HANGUP_WITHOUT_BYE: "hangup-without-bye",
        "hangs up without sending BYE",
        ["RFC3261-15-a"];
    BYE_WRONG_CSEQ: "bye-wrong-cseq",
        "sends BYE with the CSeq number of its last request",
        ["RFC3261-12.2.1.1-8"];

    // Offer and answer.
    CODEC_OWN_ORDER: "codec-own-order",
        "answers and sends in its own order of codecs, not in the offer's",
        ["RFC3264-5.1-14", "RFC3264-6.1-30"];
    NO_COMMON_CODEC_200: "no-common-codec-200",
        "accepts an offer that has no codec in common",
        ["RFC3261-13.3.1.3-3"];

    // Media.
    RTP_SEQUENCE_SKIPS: "rtp-sequence-skips",
        "skips a sequence number every 50 packets",
        ["RFC3550-5.1-a"];
    RTP_TIMESTAMP_STEP: "rtp-timestamp-step",
        "advances the timestamp by 80 for 160 samples",
        ["RFC3550-5.1-d"];
    RTP_SSRC_CHANGES: "rtp-ssrc-changes",
        "takes a new SSRC every 100 packets",
        ["RFC3550-3-a"];
    RTP_BURSTS: "rtp-bursts",
        "sends two packets together every 40 ms",
        ["QOS-PACING"];
    RTP_JITTER: "rtp-jitter",
        "sends each packet up to 12 ms early or late",
        ["QOS-JITTER"];
    RTP_WRONG_PAYLOAD_TYPE: "rtp-wrong-payload-type",
        "sends audio with a payload type that was not negotiated",
        ["RFC3264-6.1-31"];
    SLOW_LOOPBACK: "slow-loopback",
        "takes 300 ms longer to loop audio back",
        ["QOS-LATENCY"];
    NO_RTCP: "no-rtcp",
        "sends no RTCP",
        ["RFC3550-6.4-a"];
    RTCP_WRONG_COUNT: "rtcp-wrong-count",
        "reports half of the packets that it sent",
        ["RFC3550-6.4.1-a"];
    TONE_QUIET: "tone-quiet",
        "sends all audio 10 dB too quiet",
        ["QOS-LEVEL"];
    PCMA_AS_PCMU: "pcma-as-pcmu",
        "encodes PCMA with the mu-law",
        ["RFC3551-4.5.14-a"];

    // Digits and the door.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_and_the_table_agree() {
        assert_eq!(include_str!("../defects.yaml"), yaml());
    }

    #[test]
    fn names_are_unique_and_fit() {
        let mut names: Vec<_> = ALL.iter().map(|d| d.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.len() <= 128);
    }

    #[test]
    fn a_list_is_read_and_written() {
        let defects: Defects = "no-rport, ack-missing".parse().unwrap();
        assert!(defects.has(Defect::NO_RPORT) && defects.has(Defect::ACK_MISSING));
        assert!(!defects.has(Defect::NO_100));
        assert_eq!(defects.to_string(), "ack-missing,no-rport");
    }

    #[test]
    fn an_unknown_name_gets_near_ones() {
        let error = "ack-mising".parse::<Defects>().unwrap_err();
        assert_eq!(
            error.to_string().split(", ").next(),
            Some("no defect is named \"ack-mising\"; near it: ack-missing")
        );
    }
}
