//! Answering a call.

use super::Defect;

defects! {
    6;
    NO_RINGING: "no-ringing",
        "sends no 180 while it rings",
        ["DEV-RINGING"];
    NO_100: "no-100",
        "sends no 100 although its first answer takes more than 200 ms",
        ["RFC3261-17.2.1-1"];
    BUSY_RINGS: "busy-rings",
        "rings a second call while busy instead of rejecting it with 486",
        ["RFC3261-13.3.1.3-1"];
    BUSY_DROPS_FIRST: "busy-drops-first",
        "ends its call when it rejects a second one",
        ["RFC3261-8.2-2"];
    ANSWER_2XX_NOT_RETRANSMITTED: "2xx-not-retransmitted",
        "sends its 200 to INVITE once only",
        ["RFC3261-13.3.1.4-a", "QOS-SIGNALLING-LOSS"];
    ANSWER_2XX_FIXED_INTERVAL: "2xx-fixed-interval",
        "retransmits its 200 to INVITE every 500 ms instead of doubling up to T2",
        ["RFC3261-13.3.1.4-a"];
    ANSWER_2XX_DIFFERS: "2xx-retransmission-differs",
        "repeats its 200 to INVITE with another Contact",
        ["RFC3261-13.3.1.4-a"];
    ANSWER_2XX_AFTER_ACK: "2xx-repeated-after-ack",
        "goes on repeating its 200 to INVITE after the ACK",
        ["RFC3261-13.3.1.4-b"];
    UNACKED_NO_BYE: "unacked-no-bye",
        "drops a call whose 200 was never acknowledged without sending BYE",
        ["RFC3261-13.3.1.4-4"];
    INVITE_RESPONSE_FROM: "invite-response-from",
        "answers INVITE with another From tag than the request's",
        ["RFC3261-8.2.6.2-1"];
    INVITE_RESPONSE_CALL_ID: "invite-response-call-id",
        "answers INVITE with another Call-ID than the request's",
        ["RFC3261-8.2.6.2-2"];
    INVITE_RESPONSE_CSEQ: "invite-response-cseq",
        "answers INVITE with a CSeq number one higher than the request's",
        ["RFC3261-8.2.6.2-3"];
    INVITE_RESPONSE_TO_URI: "invite-response-to-uri",
        "answers INVITE with another URI in To than the request's",
        ["RFC3261-8.2.6.2-6"];
    FAILURE_TAG_CHANGES: "failure-tag-changes",
        "refuses a call with another To tag than that of its 180",
        ["RFC3261-8.2.6.2-7"];
    TAG_IN_100: "tag-in-100",
        "puts a tag into the To of its 100",
        ["RFC3261-17.2.1-2"];
    NO_TIMESTAMP_IN_100: "100-without-timestamp",
        "does not copy Timestamp into its 100",
        ["RFC3261-8.2.6.1-3"];
    RECORD_ROUTE_REVERSED: "record-route-reversed",
        "copies the Record-Route values into its 200 to INVITE in reverse order",
        ["RFC3261-12.1.1-1"];
    RECORD_ROUTE_BARE: "record-route-bare",
        "copies Record-Route into its 200 to INVITE without the parameters of the header field",
        ["RFC3261-12.1.1-1"];
    RECORD_ROUTE_MISSING_EARLY: "18x-without-record-route",
        "does not copy Record-Route into its 180",
        ["RFC3261-13.3.1.1-a"];
    NO_CONTACT_IN_18X: "18x-without-contact",
        "sends 180 without a Contact",
        ["RFC3261-13.3.1.1-a"];
    ANSWER_CONTACT_NOT_SIP: "answer-contact-not-sip",
        "puts a tel URI into the Contact of its 200 to INVITE",
        ["RFC3261-12.1.1-3"];
    NO_ALLOW_IN_2XX: "2xx-without-allow",
        "sends its 200 to INVITE without Allow",
        ["RFC3261-13.3.1.4-1"];
    NO_SUPPORTED_IN_2XX: "2xx-without-supported",
        "sends its 200 to INVITE without Supported",
        ["RFC3261-13.3.1.4-1"];
    ALLOW_WITHOUT_CANCEL: "allow-without-cancel",
        "does not list CANCEL in the Allow of its 200 to INVITE",
        ["RFC3261-13.1-1"];
    EXTENSION_UNASKED: "extension-unasked",
        "requires an extension in its 200 to INVITE that the caller did not say it supports",
        ["RFC3261-8.2.4-7"];
    NO_ANSWER_IN_2XX: "2xx-without-answer",
        "sends its 200 to an INVITE that has an offer without an answer",
        ["RFC3261-13.3.1.4-2"];
    NO_OFFER_IN_2XX: "2xx-without-offer",
        "sends its 200 to an INVITE without an offer without one of its own",
        ["RFC3261-13.3.1.4-3"];
    ANSWER_IN_ACK_IGNORED: "answer-in-ack-ignored",
        "does not read the answer that an ACK brings",
        ["RFC3261-13.2.1-16"];
    TIMER_G_CONSTANT: "timer-g-constant",
        "repeats a failure response every T1 instead of doubling the interval",
        ["RFC3261-17.2.1-a"];
    TIMER_G_UNCAPPED: "timer-g-uncapped",
        "goes on doubling the interval of a failure response past T2",
        ["RFC3261-17.2.1-a"];
    TIMER_H_EARLY: "timer-h-early",
        "stops repeating an unacknowledged failure response after 8*T1",
        ["RFC3261-17.2.1-9"];
    FAILURE_AFTER_ACK: "failure-repeated-after-ack",
        "goes on repeating a failure response after its ACK",
        ["RFC3261-17.2.1-11"];
    COMPLETED_SILENT: "completed-silent",
        "does not answer an INVITE that comes again after it was refused",
        ["RFC3261-17.2.1-10"];
    SECOND_ACK_ANSWERED: "second-ack-answered",
        "sends its failure response once more when an ACK comes again",
        ["RFC3261-17.2.1-b"];
    REQUIRE_IN_ACK: "require-in-ack-minded",
        "overlooks an ACK that has a Require",
        ["RFC3261-8.2.2.3-4"];
    ACCEPTED_INVITE_RINGS: "accepted-invite-rings",
        "takes an INVITE that comes again after its 200 for another call",
        ["RFC6026-7.1-a"];
    UNKNOWN_HEADER_REFUSED: "unknown-header-refused",
        "refuses an INVITE with a header field whose name begins with X-",
        ["RFC3261-8.2.2-1"];
    BAD_DATE_REFUSED: "bad-date-refused",
        "refuses an INVITE whose Date it cannot read",
        ["RFC3261-8.2.2-2"];
    TO_IDENTITY_CHECKED: "to-identity-checked",
        "refuses an INVITE whose To is not its own address",
        ["RFC3261-8.2.2.1-2"];
    TO_SCHEME_REFUSED: "to-scheme-refused",
        "refuses an INVITE whose To has another URI scheme than sip",
        ["RFC3261-8.2.2.1-2"];
    MERGED_486: "merged-486",
        "takes the second copy of a forked INVITE for another call",
        ["RFC3261-8.2.2.2-2"];
    MERGED_ENDS_FIRST: "merged-ends-first",
        "gives up the call when the second copy of a forked INVITE comes",
        ["RFC3261-8.2-2"];
    OPTIONAL_BODY_REFUSED: "optional-body-refused",
        "refuses an INVITE for a body of unknown type that is optional",
        ["RFC3261-8.2.3-1"];
    UNKNOWN_BODY_RINGS: "unknown-body-rings",
        "rings for an INVITE with a body of unknown type that is not optional",
        ["RFC3261-8.2.3-1"];
    INVITE_415_WITHOUT_ACCEPT: "invite-415-without-accept",
        "sends 415 to an INVITE without Accept",
        ["RFC3261-8.2.3-2"];
    NO_WARNING_IN_488: "488-without-warning",
        "sends 488 without Warning",
        ["RFC3261-13.3.1.3-4"];
    EXPIRES_IGNORED: "expires-ignored",
        "goes on ringing after the Expires of the INVITE",
        ["RFC3261-13.3.1-1"];
    EXPIRES_ENDS_SESSION: "expires-ends-session",
        "ends an answered call at the Expires of its INVITE",
        ["RFC3261-20.19-a"];
    NO_MINUTE_PROVISIONAL: "no-minute-provisional",
        "does not repeat its 180 every minute",
        ["RFC3261-13.3.1.1-3"];
    MINUTE_PROVISIONAL_TAG: "minute-provisional-tag",
        "repeats its 180 with another To tag",
        ["RFC3261-13.3.1.1-2"];
    SECOND_INVITE_UNTOLD: "second-invite-untold",
        "refuses a second INVITE without a Retry-After",
        ["RFC3261-14.2-1"];
    CALLEE_CSEQ_TOO_LARGE: "callee-cseq-too-large",
        "numbers its first request in a call that it received 2**31",
        ["RFC3261-12.2.1.1-9"];
    CANCEL_CHALLENGED: "cancel-challenged",
        "challenges CANCEL",
        ["RFC3261-22.1-10"];
    RECEIVED_MISSING: "received-missing",
        "does not say in Via where a request came from that names a domain",
        ["RFC3261-18.2.1-5"];
    RECEIVED_WRONG: "received-wrong",
        "says in Via that a request that names a domain came from 192.0.2.99",
        ["RFC3261-18.2.1-6"];
    RETRANSMISSION_GETS_100: "retransmission-gets-100",
        "answers an INVITE that comes again with its 100 although it rings",
        ["RFC3261-17.2.1-5"];
    BUSY_WITHOUT_TAG: "busy-without-tag",
        "sends 486 without a To tag",
        ["RFC3261-8.2.6.2-7"];
}
