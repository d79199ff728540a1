//! Messages and what a server checks in any request.

use super::Defect;

defects! {
    2;
    BRANCH_WITHOUT_COOKIE: "branch-without-cookie",
        "makes branches that do not begin with z9hG4bK",
        ["RFC3261-8.1.1.7-5"];
    SAME_BRANCH_FOR_ALL: "same-branch-for-all",
        "uses one branch for all its requests",
        ["RFC3261-8.1.1.7-4"];
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
        ["DEV-ALIVE", "DEV-NO-CRASH"];
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
        ["RFC3261-8.1.1.6-1", "RFC3261-8.1.1-1"];
    FROM_TAG_DROPPED: "from-tag-dropped",
        "answers without the tag of the From",
        ["RFC3261-8.2.6.2-1"];
    CALL_ID_IN_SMALL_LETTERS: "call-id-in-small-letters",
        "answers with the Call-ID in small letters",
        ["RFC3261-8.2.6.2-2"];
    CSEQ_NUMBER_CHANGED: "cseq-number-changed",
        "answers OPTIONS with the next CSeq number",
        ["RFC3261-8.2.6.2-3"];
    TO_REPLACED: "to-replaced",
        "answers OPTIONS with its own address in To",
        ["RFC3261-8.2.6.2-6"];
    TO_TAG_REPLACED: "to-tag-replaced",
        "answers with a To tag of its own where the request has one",
        ["RFC3261-8.2.6.2-5"];
    TIMESTAMP_DROPPED: "timestamp-dropped",
        "sends 100 without the Timestamp of the request",
        ["RFC3261-8.2.6.1-3"];
    FIRST_ROW_ONLY: "first-row-only",
        "reads only the first row of a Require that has several",
        ["RFC3261-7.3.1-5"];
    UNKNOWN_FIELD_REFUSED: "unknown-field-refused",
        "refuses a request with a header field that begins with X-",
        ["RFC3261-8.2.2-1"];
    NO_ACCEPT_IN_415: "415-without-accept",
        "sends 415 for a type without Accept",
        ["RFC3261-8.2.3-2"];
    CONTENT_ENCODING_IGNORED: "content-encoding-ignored",
        "serves a body of any coding",
        ["RFC3261-8.2.3-1"];
    NO_ACCEPT_ENCODING_IN_415: "415-without-accept-encoding",
        "sends 415 for a coding without Accept-Encoding",
        ["RFC3261-8.2.3-3"];
    TEL_TO_REFUSED: "tel-to-refused",
        "refuses a request whose To is a tel URI",
        ["RFC3261-8.2.2.1-2"];
    URI_PARAMETER_REFUSED: "uri-parameter-refused",
        "refuses a Request-URI with a parameter that it does not know",
        ["RFC3261-19.1.1-12"];
    INVITE_WITH_TO_TAG: "invite-with-to-tag",
        "sends its first INVITE with a To tag",
        ["RFC3261-8.1.1.2-4"];
    INVITE_WITHOUT_CONTACT: "invite-without-contact",
        "sends INVITE without Contact",
        ["RFC3261-8.1.1.8-1"];
}
