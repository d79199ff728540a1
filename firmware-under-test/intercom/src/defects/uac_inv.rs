//! Making a call.

use super::Defect;

defects! {
    5;
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
    REDIRECT_NOT_FOLLOWED: "redirect-not-followed",
        "gives up a call that is redirected",
        ["RFC3261-8.1.3.4-1"];
    REDIRECT_SAME_TARGET_AGAIN: "redirect-same-target-again",
        "calls a target again that it was redirected to before",
        ["RFC3261-8.1.3.4-2"];
    REDIRECT_FIRST_CONTACT_ONLY: "redirect-first-contact-only",
        "tries no other contact of a 3xx when the first fails",
        ["RFC3261-8.1.3.4-7"];
    REDIRECT_KEEPS_REQUEST_URI: "redirect-keeps-request-uri",
        "sends the redirected INVITE to the contact with the old Request-URI",
        ["RFC3261-8.1.3.4-8"];
    FROM_WITHOUT_TAG: "from-without-tag",
        "calls without a tag in From",
        ["RFC3261-8.1.1.3-2"];
    TO_TAG_IN_INITIAL_INVITE: "to-tag-in-initial-invite",
        "calls with a tag in To",
        ["RFC3261-8.1.1.2-4"];
    INVITE_CSEQ_METHOD: "invite-cseq-method",
        "puts another method into the CSeq of its INVITE",
        ["RFC3261-8.1.1.5-1"];
    CSEQ_TOO_LARGE: "cseq-too-large",
        "numbers its INVITE 2**31",
        ["RFC3261-8.1.1.5-2"];
    VIA_WRONG_VERSION: "via-wrong-version",
        "writes SIP/3.0 into its Via",
        ["RFC3261-8.1.1.7-2"];
    CALL_ID_REUSED: "call-id-reused",
        "makes all its calls with one Call-ID",
        ["RFC3261-8.1.1.4-3"];
    FROM_TAG_REUSED: "from-tag-reused",
        "makes all its calls with one From tag",
        ["RFC3261-8.1.1.3-2"];
    CONTACT_NOT_SIP: "contact-not-sip",
        "calls with a telephone number as Contact",
        ["RFC3261-8.1.1.8-1"];
    TWO_CONTACTS: "two-contacts",
        "calls with two Contact values",
        ["RFC3261-8.1.1.8-1"];
    REQUEST_URI_NOT_TO: "request-uri-not-to",
        "calls with another URI in To than in the request line",
        ["RFC3261-8.1.1.1-1"];
    INVITE_WITHOUT_ALLOW: "invite-without-allow",
        "calls without Allow",
        ["RFC3261-13.2.1-1"];
    INVITE_ALLOW_WITHOUT_ACK: "invite-allow-without-ack",
        "leaves ACK out of the Allow of its INVITE",
        ["RFC3261-20.5-1"];
    INVITE_WITHOUT_SUPPORTED: "invite-without-supported",
        "calls without Supported",
        ["RFC3261-13.2.1-3"];
    INVITE_WITHOUT_CONTENT_TYPE: "invite-without-content-type",
        "calls without a Content-Type for its offer",
        ["RFC3261-20.15-1", "RFC3261-7.4.1-1"];
    REQUEST_URI_IN_BRACKETS: "request-uri-in-brackets",
        "puts its Request-URI into angle brackets",
        ["RFC3261-7.1-1"];
    TRYING_ENDS_CALL: "trying-ends-call",
        "takes a 100 to its INVITE for the end of the call",
        ["RFC3261-8.1.3.2-3"];
    PROGRESS_ENDS_CALL: "progress-ends-call",
        "takes a 183 to its INVITE for the end of the call",
        ["RFC3261-8.1.3.2-3"];
    UNKNOWN_1XX_ENDS_CALL: "unknown-1xx-ends-call",
        "takes a provisional response that it does not know for the end of the call",
        ["RFC3261-8.1.3.2-2"];
    UNKNOWN_2XX_IGNORED: "unknown-2xx-ignored",
        "takes no 2xx but 200 as an answer to its INVITE",
        ["RFC3261-8.1.3.2-1"];
    UNKNOWN_FAILURE_IGNORED: "unknown-failure-ignored",
        "goes on calling after a final response that it does not know",
        ["RFC3261-8.1.3.2-1"];
    RETRIES_FAILED_CALL: "retries-failed-call",
        "sends an INVITE that was refused with 4xx again as it was",
        ["RFC3261-21.4-1"];
    ACK_NOT_REPEATED: "ack-not-repeated",
        "sends no ACK for a 2xx that comes again",
        ["RFC3261-13.2.2.4-8"];
    ACK_FORGOTTEN: "ack-forgotten",
        "sends no ACK for a 2xx that comes again after 5 s",
        ["RFC3261-13.2.2.4-8"];
    ACK_NEEDS_SDP: "ack-needs-sdp",
        "sends no ACK for a 2xx without a session description",
        ["RFC3261-13.2.2.4-3"];
    ACK_TO_REQUEST_URI: "ack-to-request-uri",
        "sends the ACK for a 2xx to the URI that it called instead of the Contact",
        ["RFC3261-12.2.1.1-11"];
    ACK_SAME_BRANCH: "ack-same-branch",
        "sends the ACK for a 2xx with the branch of its INVITE",
        ["RFC3261-8.1.1.7-4"];
    ACK_WITHOUT_ROUTE: "ack-without-route",
        "sends the ACK for a 2xx without the route set",
        ["RFC3261-12.2.1.1-13"];
    ACK_WITHOUT_TO_TAG: "ack-without-to-tag",
        "sends the ACK for a 2xx without a To tag",
        ["RFC3261-12.2.1.1-2"];
    ACK_OTHER_FROM_TAG: "ack-other-from-tag",
        "sends the ACK for a 2xx with another From tag",
        ["RFC3261-12.2.1.1-4"];
    ACK_OTHER_CALL_ID: "ack-other-call-id",
        "sends the ACK for a 2xx with another Call-ID",
        ["RFC3261-12.2.1.1-6"];
    ACK_WITHOUT_MAX_FORWARDS: "ack-without-max-forwards",
        "sends the ACK for a 2xx without Max-Forwards",
        ["RFC3261-8.1.1.6-1"];
    FORK_IGNORED: "fork-ignored",
        "sends no ACK for the 2xx of another branch of a fork",
        ["RFC3261-13.2.2.4-3"];
    FORK_WITHOUT_BYE: "fork-without-bye",
        "leaves the dialog of another branch of a fork up",
        ["RFC3261-13.2.2.4-9"];
    SECOND_ANSWER_TAKEN: "second-answer-taken",
        "takes the description in a later response although a provisional response had one",
        ["RFC3261-13.2.1-12"];
    FAILURE_ACK_TWO_VIAS: "failure-ack-two-vias",
        "sends the ACK for a 300 to 699 with two Via values",
        ["RFC3261-17.1.1.3-4"];
    FAILURE_ACK_OTHER_URI: "failure-ack-other-uri",
        "sends the ACK for a 300 to 699 with another Request-URI than its INVITE",
        ["RFC3261-17.1.1.3-2"];
    FAILURE_ACK_WITHOUT_TO_TAG: "failure-ack-without-to-tag",
        "sends the ACK for a 300 to 699 without the To tag of the response",
        ["RFC3261-17.1.1.3-3"];
    FAILURE_ACK_WRONG_CSEQ: "failure-ack-wrong-cseq",
        "numbers the ACK for a 300 to 699 one above its INVITE",
        ["RFC3261-17.1.1.3-5"];
    FAILURE_ACK_OTHER_FROM_TAG: "failure-ack-other-from-tag",
        "sends the ACK for a 300 to 699 with another From tag",
        ["RFC3261-17.1.1.3-2"];
    FAILURE_ACK_OTHER_CALL_ID: "failure-ack-other-call-id",
        "sends the ACK for a 300 to 699 with another Call-ID",
        ["RFC3261-17.1.1.3-2"];
    FAILURE_ACK_ONCE: "failure-ack-once",
        "sends no ACK for a 300 to 699 that comes again",
        ["RFC3261-17.1.1.2-22"];
    VIA_WITHOUT_SENT_BY: "via-without-sent-by",
        "calls with a Via that does not say who sent it",
        ["RFC3261-18.1.1-6"];
    TO_WITHOUT_SIP: "to-without-sip",
        "calls with a telephone number in To where it was given a SIP URI",
        ["RFC3261-8.1.1.2-2"];
    CONTACT_FOR_DIALOG_ONLY: "contact-for-dialog-only",
        "calls with a Contact at which it takes nothing outside that dialog",
        ["RFC3261-8.1.1.8-2"];
    STRICT_ROUTER_BYPASSED: "strict-router-bypassed",
        "sends requests with a strict router in their Request-URI to the remote target",
        ["RFC3261-8.1.2-2"];
    LATE_2XX_ACKED: "late-2xx-acked",
        "sends an ACK for a 2xx that comes after a failure",
        ["RFC3261-13.2.2.3-1"];
    ACK_WITHOUT_CREDENTIALS: "ack-without-credentials",
        "sends the ACK for a 2xx without the credentials of its INVITE",
        ["RFC3261-13.2.2.4-5"];
    BYE_WITHOUT_DIALOG: "bye-without-dialog",
        "sends BYE when it gives up a call that has no dialog yet",
        ["RFC3261-15-2"];
    FAILURE_ACK_TO_CONTACT: "failure-ack-to-contact",
        "sends the ACK for a 300 to 699 to the Contact of the response",
        ["RFC3261-17.1.1.2-20"];
    FAILURE_ACK_WITHOUT_ROUTE: "failure-ack-without-route",
        "sends the ACK for a 300 to 699 without the Route of its request",
        ["RFC3261-17.1.1.3-6"];
    REINVITE_RESPONSE_TARGET_IGNORED: "reinvite-response-target-ignored",
        "does not take the remote target from the 2xx to its re-INVITE",
        ["RFC3261-12.2.1.2-1"];
    REINVITE_CSEQ_SKIPS: "reinvite-cseq-skips",
        "leaves out a number before its re-INVITE",
        ["RFC3261-12.2.1.1-7"];
    OTHER_CSEQ_FORGOTTEN: "other-cseq-forgotten",
        "does not remember the number of the other side's first request in a call that it made",
        ["RFC3261-12.2.2-3"];
    PROXY_CREDENTIALS_KEPT: "proxy-credentials-kept",
        "sends the credentials for the proxy of one call with the next",
        ["RFC3261-22.3-9"];
    CANCEL_WITHOUT_ROUTE: "cancel-without-route",
        "sends CANCEL without the Route of its INVITE",
        ["RFC3261-9.1-5"];
}
