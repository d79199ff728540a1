//! CANCEL and BYE.

use super::Defect;

defects! {
    7;
    CANCEL_WITHOUT_487: "cancel-without-487",
        "answers CANCEL but never answers the cancelled INVITE",
        ["RFC3261-9.2-2"];
    CANCEL_UNANSWERED: "cancel-unanswered",
        "ends the cancelled INVITE but never answers the CANCEL",
        ["RFC3261-9.2-a"];
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
}
