//! Provisional responses that are acknowledged.

use super::Defect;

defects! {
    19;
    UNRELIABLE_ALTHOUGH_REQUIRED: "unreliable-although-required",
        "sends provisional responses unreliably although the INVITE requires 100rel",
        ["RFC3262-3-2"];
    RELIABLE_WITHOUT_REQUIRE: "reliable-without-require",
        "sends provisional responses with RSeq that do not require 100rel",
        ["RFC3262-3-10"];
    RELIABLE_WITHOUT_RSEQ: "reliable-without-rseq",
        "sends provisional responses that require 100rel without RSeq",
        ["RFC3262-3-10"];
    RELIABLE_OFF_UNTOLD: "reliable-off-untold",
        "rings on an INVITE that requires 100rel although that is switched off",
        ["RFC3262-3-3"];
    TRYING_RELIABLE: "trying-reliable",
        "sends 100 with RSeq",
        ["RFC3262-3-4"];
    RELIABLE_UNASKED: "reliable-unasked",
        "sends provisional responses reliably to who does not support that",
        ["RFC3262-3-5"];
    RSEQ_TOO_LARGE: "rseq-too-large",
        "begins its RSeq numbers at 2^31",
        ["RFC3262-3-11"];
    RELIABLE_SENT_ONCE: "reliable-sent-once",
        "does not repeat a reliable provisional response",
        ["RFC3262-3-a"];
    RELIABLE_FIXED_INTERVAL: "reliable-fixed-interval",
        "repeats a reliable provisional response every 500 ms",
        ["RFC3262-3-a"];
    RACK_IGNORED: "rack-ignored",
        "takes any PRACK for that of its last provisional response",
        ["RFC3262-3-15"];
    PRACK_OF_UNRELIABLE_TAKEN: "prack-of-unreliable-taken",
        "answers a PRACK with 200 although it has sent nothing reliably",
        ["RFC3262-3-15"];
    PRACK_REFUSED: "prack-refused",
        "answers the PRACK of its provisional response with 481",
        ["RFC3262-3-16"];
    PRACKED_REPEATED: "pracked-repeated",
        "goes on repeating a provisional response after its PRACK",
        ["RFC3262-3-17"];
    PRACK_TAKEN_TWICE: "prack-taken-twice",
        "answers a second PRACK of the same provisional response with 200",
        ["RFC3262-3-17"];
    UNPRACKED_RINGS_ON: "unpracked-rings-on",
        "goes on ringing when no PRACK comes",
        ["RFC3262-3-18"];
    PROVISIONALS_OVERLAP: "provisionals-overlap",
        "sends a second reliable provisional response before the PRACK of the first",
        ["RFC3262-3-20"];
    RSEQ_SKIPS: "rseq-skips",
        "counts its RSeq up by two",
        ["RFC3262-3-22"];
    LATER_PROVISIONAL_UNRELIABLE: "later-provisional-unreliable",
        "sends only its first provisional response reliably",
        ["RFC3262-8.1-1"];
    ANSWER_OVERTAKES_PRACK: "answer-overtakes-prack",
        "sends its 200 before the PRACK of the answer in its 183 has come",
        ["RFC3262-3-25"];
    LATE_PRACK_REFUSED: "late-prack-refused",
        "answers a PRACK that comes after its 200 with 481",
        ["RFC3262-3-26"];
    UNPRACKED_REPEATED_AFTER_ANSWER: "unpracked-repeated-after-answer",
        "goes on repeating a provisional response after its 200",
        ["RFC3262-3-26"];
    PROVISIONAL_AFTER_ANSWER: "provisional-after-answer",
        "sends a reliable 180 after its 200",
        ["RFC3262-3-27"];
    RELIABLE_WITHOUT_OFFER: "reliable-without-offer",
        "sends the first reliable response to an INVITE without an offer without one",
        ["RFC3262-5-2"];
    ANSWER_IN_PRACK_IGNORED: "answer-in-prack-ignored",
        "takes no notice of an answer in PRACK",
        ["RFC3262-5-8"];
    PRACK_OFFER_UNANSWERED: "prack-offer-unanswered",
        "answers an offer in PRACK with a 200 without an answer",
        ["RFC3262-5-5"];
    EARLY_SESSION_SILENT: "early-session-silent",
        "answers in a reliable 183 and sends nothing before it is answered",
        ["RFC3262-5-6"];
    RELIABLE_NOT_OFFERED: "reliable-not-offered",
        "leaves 100rel out of the Supported of its INVITE",
        ["RFC3262-4-2"];
    PRACK_REQUIRES: "prack-requires",
        "requires 100rel in its PRACK",
        ["RFC3262-4-1"];
    TRYING_PRACKED: "trying-pracked",
        "sends PRACK for a 100",
        ["RFC3262-4-4"];
    PRACK_WITHOUT_TO_TAG: "prack-without-to-tag",
        "sends PRACK without the tag of the early dialog",
        ["RFC3262-4-5"];
    PRACK_URI: "prack-uri",
        "sends PRACK to another URI than the Contact of the provisional response",
        ["RFC3262-4-5"];
    LATER_PROVISIONAL_UNPRACKED: "later-provisional-unpracked",
        "acknowledges only the first reliable provisional response",
        ["RFC3262-4-6"];
    PRACK_SAME_CSEQ: "prack-same-cseq",
        "sends PRACK with the number of its INVITE",
        ["RFC3261-12.2.1.1-8"];
    RELIABLE_ANSWER_FORGOTTEN: "reliable-answer-forgotten",
        "looks for the answer in the 200 although a reliable provisional response has had it",
        ["RFC3262-5-8"];
    NO_PRACK: "no-prack",
        "sends no PRACK for a reliable provisional response",
        ["RFC3262-4-6"];
    RACK_OF_PRACK: "rack-of-prack",
        "names its PRACK in its RAck, not its INVITE",
        ["RFC3262-7.2-a"];
    PRACK_REPEATED: "prack-repeated",
        "sends another PRACK when a reliable provisional response is repeated",
        ["RFC3262-4-8"];
    RSEQ_GAP_PRACKED: "rseq-gap-pracked",
        "sends PRACK for a provisional response before which one is missing",
        ["RFC3262-4-13"];
    RSEQ_GAP_REMEMBERED: "rseq-gap-remembered",
        "goes on counting from a provisional response that came out of order",
        ["RFC3262-4-10"];
    RSEQ_EXPECTED_FROM_ONE: "rseq-expected-from-one",
        "acknowledges only provisional responses that begin with RSeq 1",
        ["RFC3262-4-12"];
}
