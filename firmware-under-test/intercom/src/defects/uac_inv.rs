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
}
