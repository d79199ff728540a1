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
}
