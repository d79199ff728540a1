//! Dialogs.

use super::Defect;

defects! {
    8;
    TO_TAG_CHANGES: "to-tag-changes",
        "puts another To tag into its 200 than into its 180",
        ["RFC3261-8.2.6.2-7"];
    TAGLESS_1XX: "1xx-without-to-tag",
        "sends 180 without a To tag",
        ["RFC3261-8.2.6.2-6"];
    NO_CONTACT_IN_2XX: "no-contact-in-2xx",
        "sends its 200 to INVITE without a Contact",
        ["RFC3261-12.1.1-2"];
    BYE_WRONG_CSEQ: "bye-wrong-cseq",
        "sends BYE with the CSeq number of its last request",
        ["RFC3261-12.2.1.1-8"];
    TARGET_OF_2XX_IGNORED: "target-of-2xx-ignored",
        "goes on calling the dialled URI after the Contact of the 2xx",
        ["RFC3261-12.1.2-6"];
    TARGET_IS_FROM: "target-is-from",
        "takes the From URI of an INVITE for the remote target",
        ["RFC3261-12.1.1-9"];
    TARGET_REFRESHED_BY_ANY: "target-refreshed-by-any",
        "takes a new remote target from the Contact of any request",
        ["RFC3261-12.2.1.1-a"];
    TARGET_REFRESHED_BY_REFUSED: "target-refreshed-by-refused",
        "takes a new remote target from a re-INVITE that it refuses",
        ["RFC3261-8.2-2"];
    ROUTE_SET_UAS_REVERSED: "route-set-uas-reversed",
        "reverses the Record-Route of an INVITE that it receives",
        ["RFC3261-12.1.1-7"];
    LOOSE_ROUTE_REWRITES: "loose-route-rewrites",
        "puts a loose router's URI into the Request-URI",
        ["RFC3261-12.2.1.1-13"];
    ROUTE_BARE: "route-bare",
        "drops the parameters of the URIs in its Route",
        ["RFC3261-12.2.1.1-13"];
    STRICT_ROUTE_LOSES_TARGET: "strict-route-loses-target",
        "does not put the remote target behind the routes of a strict router",
        ["RFC3261-12.2.1.1-16"];
    ROUTE_NOT_FOLLOWED: "route-not-followed",
        "sends a request with a Route to the remote target all the same",
        ["RFC3261-8.1.2-7"];
    ROUTE_INVENTED: "route-invented",
        "puts the remote target into a Route where there is no route set",
        ["RFC3261-12.2.1.1-12", "RFC3261-12.1.2-5"];
    ROUTE_SET_UPDATED: "route-set-updated",
        "takes a new route set from a re-INVITE",
        ["RFC3261-12.2-a"];
    ROUTE_SET_OF_18X: "route-set-of-18x",
        "keeps the route set of the 180 where the 2xx has another",
        ["RFC3261-13.2.2.4-1"];
    CSEQ_GAP_REFUSED: "cseq-gap-refused",
        "refuses a request whose CSeq number is more than one higher than the last",
        ["RFC3261-12.2.2-5"];
    LOWER_CSEQ_SERVED: "lower-cseq-served",
        "serves a request whose CSeq number is lower than the last",
        ["RFC3261-12.2.2-4"];
    REMOTE_CSEQ_KEPT: "remote-cseq-kept",
        "goes on comparing CSeq numbers with that of the INVITE",
        ["RFC3261-12.2.2-6"];
    UNKNOWN_DIALOG_404: "unknown-dialog-404",
        "answers an INVITE of a dialog that it does not know with 404",
        ["RFC3261-12.2.2-2"];
    TAGLESS_FROM_REFUSED: "tagless-from-refused",
        "refuses an INVITE without a From tag",
        ["RFC3261-12.1.1-14"];
    NULL_TAG_WRITTEN: "null-tag-written",
        "writes an empty tag where the other side has none",
        ["RFC3261-12.2.1.1-5"];
    TAGLESS_TO_IGNORED: "tagless-to-ignored",
        "ignores a 2xx without a To tag",
        ["RFC3261-12.1.2-11"];
    SAME_TAG: "same-tag",
        "gives every call the same To tag",
        ["RFC3261-19.3-1"];
    FORK_FIRST_KEPT: "fork-first-kept",
        "keeps the dialog of the first 180 when another branch answers",
        ["RFC3261-12.1.2-10"];
    CALL_ID_ANY_CASE: "call-id-any-case",
        "compares Call-IDs without regard to case",
        ["RFC3261-8.1.1.4-a"];
    ROUTE_SET_IGNORED: "route-set-ignored",
        "sends requests in a dialog straight to the remote target",
        ["RFC3261-12.2.1.1-13"];
    ROUTE_SET_NOT_REVERSED: "route-set-not-reversed",
        "takes the route set of a call that it made in the order of the response",
        ["RFC3261-12.1.2-4"];
    STRICT_ROUTE_AS_LOOSE: "strict-route-as-loose",
        "leaves the remote target in the Request-URI where the first route is a strict router",
        ["RFC3261-12.2.1.1-14", "RFC3261-12.2.1.1-16"];
    RECORD_ROUTE_NOT_COPIED: "record-route-not-copied",
        "sends its 2xx to INVITE without the Record-Route of the request",
        ["RFC3261-12.1.1-1"];
    FIRST_EARLY_DIALOG_WINS: "first-early-dialog-wins",
        "takes every response to its INVITE for one of the dialog that came first",
        ["RFC3261-13.2.2.4-2"];
}
