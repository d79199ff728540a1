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
}
