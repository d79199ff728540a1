//! OPTIONS.

use super::Defect;

defects! {
    4;
    OPTIONS_WITHOUT_ALLOW: "options-without-allow",
        "answers OPTIONS without Allow",
        ["RFC3261-11.2-2"];
    OPTIONS_WITHOUT_ACCEPT: "options-without-accept",
        "answers OPTIONS without Accept",
        ["RFC3261-11.2-2"];
    OPTIONS_WITHOUT_ACCEPT_ENCODING: "options-without-accept-encoding",
        "answers OPTIONS without Accept-Encoding",
        ["RFC3261-11.2-2"];
    OPTIONS_WITHOUT_ACCEPT_LANGUAGE: "options-without-accept-language",
        "answers OPTIONS without Accept-Language",
        ["RFC3261-11.2-2"];
    OPTIONS_WITHOUT_SUPPORTED: "options-without-supported",
        "answers OPTIONS without Supported",
        ["RFC3261-11.2-2"];
    OPTIONS_BARE_IN_DIALOG: "options-bare-in-dialog",
        "answers OPTIONS in a call without saying what it can do",
        ["RFC3261-11.2-2"];
    OPTIONS_NOT_ALLOWED: "options-not-allowed",
        "leaves OPTIONS out of the Allow with which it answers OPTIONS",
        ["RFC3261-20.5-1"];
    OPTIONS_WITHOUT_SDP: "options-without-sdp",
        "answers OPTIONS without describing its media",
        ["RFC3261-11.2-7"];
    OPTIONS_FROM_CHANGED: "options-from-changed",
        "changes the From tag in its answer to OPTIONS",
        ["RFC3261-8.2.6.2-1"];
    OPTIONS_CALL_ID_CHANGED: "options-call-id-changed",
        "changes the Call-ID in its answer to OPTIONS",
        ["RFC3261-8.2.6.2-2"];
    OPTIONS_WITHOUT_TO_TAG: "options-without-to-tag",
        "answers OPTIONS without a To tag",
        ["RFC3261-8.2.6.2-6"];
    OPTIONS_ONE_VIA: "options-one-via",
        "copies the first Via alone into its answer to OPTIONS",
        ["RFC3261-8.2.6.2-4"];
    OPTIONS_200_IN_CALL: "options-200-in-call",
        "answers OPTIONS with 200 while it is in a call and refuses others",
        ["RFC3261-11.2-1"];
    OPTIONS_200_WHILE_RINGING: "options-200-while-ringing",
        "answers OPTIONS with 200 while it rings and refuses others",
        ["RFC3261-11.2-1"];
    OPTIONS_200_WHILE_CALLING: "options-200-while-calling",
        "answers OPTIONS with 200 while it calls and refuses others",
        ["RFC3261-11.2-1"];
    OPTIONS_486_WHEN_IDLE: "options-486-when-idle",
        "answers OPTIONS with 486 while it is idle",
        ["RFC3261-11.2-1"];
    OPTIONS_REFUSED: "options-refused",
        "answers OPTIONS outside a call with 405",
        ["RFC3261-11-1"];
    OPTIONS_BODY_UNASKED: "options-body-unasked",
        "describes its media to who accepts no session description",
        ["RFC3261-11.2-6"];
    OPTIONS_ONLY_WHEN_ASKED: "options-sdp-only-when-asked",
        "describes its media only to who sends Accept",
        ["RFC3261-11.2-7"];
    OPTIONS_IN_DIALOG_ENDS_CALL: "options-ends-call",
        "ends a call for an OPTIONS in its dialog",
        ["RFC3261-11.2-a"];
    OPTIONS_RINGS: "options-rings",
        "rings for an OPTIONS",
        ["RFC3261-11-a"];
    OPTIONS_404_FOR_OTHERS: "options-404-for-others",
        "answers OPTIONS for a user with 404 for whom it rings",
        ["RFC3261-11.2-1"];
    OPTIONS_SUPPORTS_TOO_MUCH: "options-supports-too-much",
        "lists join in the Supported with which it answers OPTIONS, and does not have it",
        ["RFC3261-20.37-a"];
    OPTIONS_ALLOWS_TOO_MUCH: "options-allows-too-much",
        "lists MESSAGE in the Allow with which it answers OPTIONS, and refuses it with 405",
        ["RFC3261-20.5-a"];
    OPTIONS_ACCEPTS_TEXT_ONLY: "options-accepts-text-only",
        "answers OPTIONS with an Accept without application/sdp, which it takes in INVITE",
        ["RFC3261-8.2.3-2"];
    OPTIONS_BODY_ENCODED: "options-body-encoded",
        "answers OPTIONS with a body in a coding that was not asked for",
        ["RFC3261-20.12-5"];
    OPTIONS_WRONG_CODEC: "options-wrong-codec",
        "describes a codec in its answer to OPTIONS that it does not have, and not those that it has",
        ["RFC3261-11.2-1"];
    QUERY_WITHOUT_MAX_FORWARDS: "query-without-max-forwards",
        "sends OPTIONS without Max-Forwards",
        ["RFC3261-8.1.1-1"];
    QUERY_FEW_HOPS: "query-few-hops",
        "sends OPTIONS with a Max-Forwards of 5",
        ["RFC3261-8.1.1.6-1"];
    QUERY_WITHOUT_FROM_TAG: "query-without-from-tag",
        "sends OPTIONS without a From tag",
        ["RFC3261-8.1.1.3-2"];
    QUERY_WITH_TO_TAG: "query-with-to-tag",
        "sends OPTIONS outside a dialog with a To tag",
        ["RFC3261-8.1.1.2-4"];
    QUERY_CSEQ_METHOD: "query-cseq-method",
        "sends OPTIONS with INVITE in its CSeq",
        ["RFC3261-8.1.1.5-1"];
    QUERY_SAME_BRANCH: "query-same-branch",
        "sends every OPTIONS with the same branch",
        ["RFC3261-8.1.1.7-4"];
    QUERY_WITHOUT_ACCEPT: "query-without-accept",
        "sends OPTIONS without Accept",
        ["RFC3261-11.1-2"];
    QUERY_NOT_REPEATED: "query-not-repeated",
        "sends OPTIONS once, whatever becomes of it",
        ["RFC3261-17.1.2.2-3", "RFC3261-17.1.2.2-b"];
}
