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
}
