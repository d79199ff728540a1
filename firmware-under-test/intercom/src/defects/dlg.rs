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
