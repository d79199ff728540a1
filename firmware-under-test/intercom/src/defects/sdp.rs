//! Offer and answer.

use super::Defect;

defects! {
    11;
    CODEC_OWN_ORDER: "codec-own-order",
        "answers and sends in its own order of codecs, not in the offer's",
        ["RFC3264-5.1-14", "RFC3264-6.1-30"];
    NO_COMMON_CODEC_200: "no-common-codec-200",
        "accepts an offer that has no codec in common",
        ["RFC3261-13.3.1.3-3"];
}
