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
    CANCEL_OTHER_TAG: "cancel-other-tag",
        "answers CANCEL with another To tag than the cancelled INVITE",
        ["RFC3261-9.2-3"];
    STRAY_CANCEL_200: "stray-cancel-200",
        "answers a CANCEL that matches no transaction with 200",
        ["RFC3261-9.2-1"];
    STRAY_CANCEL_SILENT: "stray-cancel-silent",
        "does not answer a CANCEL of a call that it does not know",
        ["RFC3261-9.2-1"];
    CANCEL_BY_CALL_ID: "cancel-by-call-id",
        "cancels the INVITE that has the Call-ID of the CANCEL, whatever its branch",
        ["RFC3261-9.2-1"];
    CANCEL_ANY_SENT_BY: "cancel-any-sent-by",
        "cancels the INVITE that has the branch of the CANCEL, whoever sent it",
        ["RFC3261-9.2-1"];
    CANCEL_ENDS_CALL: "cancel-ends-call",
        "ends an answered call when its INVITE is cancelled",
        ["RFC3261-9.2-b"];
    CANCEL_CHANGES_FAILURE: "cancel-changes-failure",
        "turns its final response into 487 when a refused INVITE is cancelled",
        ["RFC3261-9.2-b"];
    CANCEL_AGAIN_UNANSWERED: "cancel-again-unanswered",
        "does not answer a CANCEL that comes again",
        ["RFC3261-17.2.2-7"];
    CANCEL_REQUIRE_MINDED: "cancel-require-minded",
        "refuses a CANCEL that has a Require",
        ["RFC3261-8.2.2.3-4"];
    CANCEL_LEAVES_BUSY: "cancel-leaves-busy",
        "is busy after a call that was cancelled",
        ["RFC3261-8.2-1"];
    REASON_REFUSED: "reason-refused",
        "refuses a BYE or CANCEL that has a Reason",
        ["RFC3261-8.2.2-1"];
    CANCEL_EARLY: "cancel-before-provisional",
        "cancels an INVITE to which no provisional response has come",
        ["RFC3261-9.1-8"];
    LATE_CANCEL_FORGOTTEN: "late-cancel-forgotten",
        "does not cancel an INVITE that it has given up when the first provisional response comes",
        ["RFC3261-9.1-8"];
    CANCEL_URI: "cancel-uri",
        "cancels with another Request-URI than that of the INVITE",
        ["RFC3261-9.1-2"];
    CANCEL_CALL_ID: "cancel-call-id",
        "cancels with another Call-ID than that of the INVITE",
        ["RFC3261-9.1-2"];
    CANCEL_FROM: "cancel-from",
        "cancels with another From tag than that of the INVITE",
        ["RFC3261-9.1-2"];
    CANCEL_TO_TAGGED: "cancel-to-tagged",
        "cancels with a tag in To that the INVITE did not have",
        ["RFC3261-9.1-2"];
    CANCEL_NUMBER: "cancel-number",
        "cancels with the next CSeq number",
        ["RFC3261-9.1-2"];
    CANCEL_NAMES_INVITE: "cancel-names-invite",
        "cancels with the method INVITE in CSeq",
        ["RFC3261-9.1-4"];
    CANCEL_NEW_BRANCH: "cancel-new-branch",
        "cancels with a branch of its own",
        ["RFC3261-9.1-3"];
    CANCEL_REQUIRES: "cancel-requires",
        "puts a Require into CANCEL",
        ["RFC3261-9.1-6", "RFC3261-8.2.2.3-3"];
    CANCEL_TO_CONTACT: "cancel-to-contact",
        "sends CANCEL to the Contact of the 180",
        ["RFC3261-9.1-10"];
    CANCEL_AFTER_ANSWER: "cancel-after-answer",
        "cancels a call that has been answered",
        ["RFC3261-9.1-9"];
    NO_ACK_TO_487: "no-ack-to-487",
        "does not acknowledge the 487 to an INVITE that it has cancelled",
        ["RFC3261-17.1.1.2-19"];
    CROSSED_2XX_UNACKED: "crossed-2xx-unacked",
        "does not acknowledge a 2xx that has crossed its CANCEL",
        ["RFC3261-13.2.2.4-3"];
    CROSSED_2XX_NO_BYE: "crossed-2xx-no-bye",
        "does not end a call whose 2xx has crossed its CANCEL",
        ["RFC3261-13.2.2.4-9"];
    BYE_UNANSWERED: "bye-unanswered",
        "ends the call on BYE without answering it",
        ["QOS-SDD", "RFC3261-15.1.2-4"];
    STRAY_BYE_200: "stray-bye-200",
        "answers a BYE that belongs to no call with 200 instead of 481",
        ["RFC3261-15.1.2-1"];
    BYE_ANY_TO_TAG: "bye-any-to-tag",
        "serves a BYE with another To tag than the dialog's",
        ["RFC3261-15.1.2-1"];
    BYE_ANY_FROM_TAG: "bye-any-from-tag",
        "serves a BYE with another From tag than the dialog's",
        ["RFC3261-15.1.2-1"];
    BYE_ANY_CALL_ID: "bye-any-call-id",
        "serves a BYE with another Call-ID than the dialog's",
        ["RFC3261-15.1.2-1"];
    STRAY_BYE_ENDS_CALL: "stray-bye-ends-call",
        "ends a call for a BYE with its Call-ID and wrong tags, which it refuses",
        ["RFC3261-8.2-2"];
    REFUSED_BYE_ENDS_CALL: "refused-bye-ends-call",
        "ends a call for a BYE that it refuses with 420",
        ["RFC3261-8.2-2"];
    BYE_AGAIN_UNANSWERED: "bye-again-unanswered",
        "does not answer a BYE that comes again",
        ["RFC3261-17.2.2-7"];
    EARLY_BYE_REFUSED: "early-bye-refused",
        "refuses a BYE before the call is answered",
        ["RFC3261-15.1.2-4"];
    EARLY_BYE_NO_487: "early-bye-without-487",
        "never answers the INVITE of a call that a BYE ends early",
        ["RFC3261-15.1.2-5"];
    BYE_PROVISIONAL: "bye-provisional",
        "sends 100 before its 200 to BYE",
        ["RFC3261-8.2.6.1-1"];
    BYE_GLARE_SILENT: "bye-glare-silent",
        "does not answer a BYE that crosses its own",
        ["RFC3261-15.1.2-4"];
    BYE_LEAVES_BUSY: "bye-leaves-busy",
        "answers BYE and stays in the call",
        ["RFC3261-8.2-1"];
    BYE_RESPONSE_TO: "bye-response-to",
        "answers BYE with another To tag than the request's",
        ["RFC3261-8.2.6.2-5"];
    BYE_RESPONSE_FROM: "bye-response-from",
        "answers BYE with another From tag than the request's",
        ["RFC3261-8.2.6.2-1"];
    BYE_RESPONSE_CALL_ID: "bye-response-call-id",
        "answers BYE with another Call-ID than the request's",
        ["RFC3261-8.2.6.2-2"];
    BYE_RESPONSE_CSEQ: "bye-response-cseq",
        "answers BYE with a CSeq number one higher than the request's",
        ["RFC3261-8.2.6.2-3"];
    RTP_AFTER_BYE: "rtp-after-bye",
        "goes on sending RTP for two seconds after the call has ended",
        ["RFC3261-15.1.2-3", "RFC3261-15.1.1-1"];
    HANGUP_WITHOUT_BYE: "hangup-without-bye",
        "hangs up without sending BYE",
        ["RFC3261-15-a"];
    BYE_BEFORE_ACK: "bye-before-ack",
        "sends BYE before its 2xx has been acknowledged",
        ["RFC3261-15-4"];
    LATE_BYE_FORGOTTEN: "late-bye-forgotten",
        "sends no BYE when it was hung up before the ACK came",
        ["RFC3261-15-a"];
    BYE_ON_EARLY: "bye-on-early-dialog",
        "rejects a ringing call with a BYE",
        ["RFC3261-15-3"];
    BYE_URI: "bye-uri",
        "sends BYE with another Request-URI than the remote target",
        ["RFC3261-12.2.1.1-11"];
    BYE_TO_TAG: "bye-to-tag",
        "sends BYE with another To tag than the remote tag",
        ["RFC3261-12.2.1.1-2"];
    BYE_TO_URI: "bye-to-uri",
        "sends BYE with another URI in To than the remote URI",
        ["RFC3261-12.2.1.1-1"];
    BYE_FROM_TAG: "bye-from-tag",
        "sends BYE with another From tag than the local tag",
        ["RFC3261-12.2.1.1-4"];
    BYE_FROM_URI: "bye-from-uri",
        "sends BYE with another URI in From than the local URI",
        ["RFC3261-12.2.1.1-3"];
    BYE_CALL_ID: "bye-call-id",
        "sends BYE with another Call-ID than the dialog's",
        ["RFC3261-12.2.1.1-6", "RFC3261-8.1.1.4-1"];
    BYE_NAMES_INVITE: "bye-names-invite",
        "sends BYE with the method INVITE in CSeq",
        ["RFC3261-12.2.1.1-10"];
    BYE_TIMEOUT_STAYS: "bye-timeout-stays",
        "is in the call again when its BYE is never answered",
        ["RFC3261-15.1.1-2"];
    BYE_481_STAYS: "bye-481-stays",
        "is in the call again when its BYE is answered with 481",
        ["RFC3261-15.1.1-2"];
    BYE_408_STAYS: "bye-408-stays",
        "is in the call again when its BYE is answered with 408",
        ["RFC3261-15.1.1-2"];
    TWO_REASONS_OF_SIP: "two-reasons-of-sip",
        "gives two reasons of one protocol with its BYE",
        ["RFC3326-2-4"];
}
