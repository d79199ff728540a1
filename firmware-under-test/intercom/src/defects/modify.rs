//! Changing a session.

use super::Defect;

defects! {
    10;
    HOLD_KEEPS_SENDING: "hold-keeps-sending",
        "goes on sending media when it is put on hold",
        ["RFC3261-14.2-4"];
    NULL_ADDRESS_IGNORED: "null-address-ignored",
        "goes on sending media when it is told the address 0.0.0.0",
        ["RFC3264-8.4-3"];
    RESUME_IGNORED: "resume-ignored",
        "sends no media when it is taken back from hold",
        ["RFC3261-14.2-4"];
    CODEC_CHANGE_IGNORED: "codec-change-ignored",
        "goes on sending the codec of before a re-INVITE",
        ["RFC3261-14.2-4"];
    HOLD_ANSWERED_SENDRECV: "hold-answered-sendrecv",
        "answers an offer to send only with sendrecv",
        ["RFC3264-6.1-3"];
    INACTIVE_ANSWERED: "inactive-answered",
        "answers an inactive offer with sendrecv",
        ["RFC3264-6.1-6"];
    SAME_OFFER_WITHOUT_ANSWER: "same-offer-without-answer",
        "sends no answer to an offer that it has had before",
        ["RFC3264-8-7"];
    REINVITE_2XX_WITHOUT_OFFER: "reinvite-2xx-without-offer",
        "answers a re-INVITE without an offer with a 200 without one",
        ["RFC3261-13.3.1.4-3"];
    REINVITE_OFFER_NARROW: "reinvite-offer-narrow",
        "offers the codec at hand alone in the 200 to a re-INVITE without an offer",
        ["RFC3261-14.2-10"];
    REINVITE_REFUSAL_WITHOUT_WARNING: "reinvite-refusal-without-warning",
        "refuses a re-INVITE with 488 without a Warning",
        ["RFC3261-14.2-5"];
    REFUSED_TARGET_TAKEN: "refused-target-taken",
        "takes the Contact of a re-INVITE that it refuses",
        ["RFC6141-4.6-4"];
    REINVITE_TARGET_IGNORED: "reinvite-target-ignored",
        "keeps the remote target when a re-INVITE has another Contact",
        ["RFC3261-12.2.2-7"];
    REINVITE_UNACKED_KEPT: "reinvite-unacked-kept",
        "keeps a call whose 200 to a re-INVITE was never acknowledged",
        ["RFC3261-14.2-6"];
    GLARE_ACCEPTED: "glare-accepted",
        "answers a re-INVITE while its own is under way",
        ["RFC3261-14.2-2"];
    REINVITES_OVERLAP: "reinvites-overlap",
        "sends a second re-INVITE while its first is under way",
        ["RFC3261-14.1-4"];
    REINVITE_DURING_THEIRS: "reinvite-during-theirs",
        "sends a re-INVITE while its answer to one waits for its ACK",
        ["RFC3261-14.1-6"];
    REINVITE_SAME_CSEQ: "reinvite-same-cseq",
        "sends a re-INVITE with the number of its last request",
        ["RFC3261-12.2.1.1-8"];
    REINVITE_VERSION_KEPT: "reinvite-version-kept",
        "changes its description without counting its version up",
        ["RFC3264-8-4"];
    REINVITE_ORIGIN_CHANGES: "reinvite-origin-changes",
        "changes its description under another session id",
        ["RFC3264-8-4"];
    REINVITE_WITHOUT_CONTACT: "reinvite-without-contact",
        "sends a re-INVITE without Contact",
        ["RFC3261-12.2.1.1-17"];
    REINVITE_WITHOUT_TO_TAG: "reinvite-without-to-tag",
        "sends a re-INVITE without a To tag",
        ["RFC3261-12.2.1.1-2"];
    REINVITE_2XX_NOT_ACKED: "reinvite-2xx-not-acked",
        "sends no ACK for a 2xx to its re-INVITE",
        ["RFC3261-13.2.2.4-3"];
    HELD_ALTHOUGH_REFUSED: "held-although-refused",
        "stops its media although its re-INVITE was refused",
        ["RFC3261-14.1-9"];
    GLARE_RETRIED_AT_ONCE: "glare-retried-at-once",
        "repeats a re-INVITE that met another at once",
        ["RFC3261-14.1-10"];
    GLARE_WAITS_AS_OWNER: "glare-waits-as-owner",
        "waits as the owner of the Call-ID does although it is not",
        ["RFC3261-14.1-10"];
    GLARE_NOT_RETRIED: "glare-not-retried",
        "does not repeat a re-INVITE that met another",
        ["RFC3261-14.1-11"];
    REINVITE_481_KEEPS_DIALOG: "reinvite-481-keeps-dialog",
        "keeps a dialog that the other side does not know",
        ["RFC3261-12.2.1.2-2"];
    REINVITE_408_KEEPS_DIALOG: "reinvite-408-keeps-dialog",
        "keeps a dialog after a 408 to its re-INVITE",
        ["RFC3261-12.2.1.2-2"];
    REINVITE_TIMEOUT_KEEPS_DIALOG: "reinvite-timeout-keeps-dialog",
        "keeps a dialog in which its re-INVITE was never answered",
        ["RFC3261-12.2.1.2-3"];
    UPDATE_TARGET_IGNORED: "update-target-ignored",
        "keeps the remote target when an UPDATE has another Contact",
        ["RFC3261-12.2.2-7"];
    UPDATE_WITHOUT_ANSWER: "update-without-answer",
        "answers the offer of an UPDATE with a 200 without an answer",
        ["RFC3311-5.2-5"];
    UPDATE_GLARE_ACCEPTED: "update-glare-accepted",
        "answers an offer in UPDATE while its own offer is under way",
        ["RFC3311-5.2-2"];
    UPDATE_EARLY_ACCEPTED: "update-early-accepted",
        "answers an offer in UPDATE before it has answered that of the INVITE",
        ["RFC3311-5.2-3"];
    UPDATE_500_WITHOUT_RETRY_AFTER: "update-500-without-retry-after",
        "refuses an UPDATE that comes too early without Retry-After",
        ["RFC3311-5.2-3"];
    UPDATE_REFUSAL_WITHOUT_WARNING: "update-refusal-without-warning",
        "refuses the offer of an UPDATE without a Warning",
        ["RFC3311-5.2-8"];
    UPDATE_NOT_ALLOWED_IN_INVITE: "update-not-allowed-in-invite",
        "leaves UPDATE out of the Allow of its INVITE",
        ["RFC3311-4-1"];
    UPDATE_NOT_ALLOWED_IN_2XX: "update-not-allowed-in-2xx",
        "leaves UPDATE out of the Allow of its 200 to INVITE",
        ["RFC3311-4-3"];
    REINVITE_OFFER_DISJOINT: "reinvite-offer-disjoint",
        "leaves the codec in use out of its offer in the 200 to a re-INVITE",
        ["RFC3261-14.2-11"];
    UPDATE_ASKS_USER: "update-asks-user",
        "waits for its user before it answers an UPDATE that puts it on hold",
        ["RFC3311-5.2-6"];
    PROVISIONAL_MOVES_TARGET: "provisional-moves-target",
        "takes a new remote target from a provisional response to its re-INVITE",
        ["RFC6141-4.7-2"];
}
