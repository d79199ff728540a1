//! Secure media.

use super::Defect;

defects! {
    17;
    SRTP_SUITE_OWN_ORDER: "srtp-suite-own-order",
        "takes the suite that it likes best, not the first of the offer that it knows",
        ["RFC4568-5.1.2-d"];
    SRTP_UNKNOWN_SUITE_ACCEPTED: "srtp-unknown-suite-accepted",
        "answers an offer of suites that it does not know with one of its own",
        ["RFC4568-5.1.2-e"];
    SRTP_ANSWER_TAG_OTHER: "srtp-answer-tag-other",
        "puts another tag than that of the accepted line into its answer",
        ["RFC4568-5.1.2-f"];
    SRTP_ANSWER_SUITE_OTHER: "srtp-answer-suite-other",
        "names another suite in its answer than the one that it accepted",
        ["RFC4568-5.1.2-g"];
    SRTP_ANSWER_TWO_LINES: "srtp-answer-two-lines",
        "answers with two crypto lines",
        ["RFC4568-5.1.2-a"];
    SRTP_KEY_ECHOED: "srtp-key-echoed",
        "answers with the key of the offer as its own",
        ["RFC4568-6.4-a"];
    SRTP_KEY_SAME_FOR_ALL: "srtp-key-same-for-all",
        "has the same key in every call",
        ["RFC4568-6.1-b"];
    SRTP_KEY_LENGTH_UNCHECKED: "srtp-key-length-unchecked",
        "accepts a key that is shorter than its suite wants",
        ["RFC4568-6.1-c"];
    SRTP_LIFETIME_UNCHECKED: "srtp-lifetime-unchecked",
        "accepts a key with a lifetime beyond what its suite allows",
        ["RFC4568-6.1-e"];
    SRTP_PARAMETER_UNCHECKED: "srtp-parameter-unchecked",
        "accepts a crypto line with a session parameter that it does not know",
        ["RFC4568-6.3.7-c"];
    SRTP_PARAMETER_NOT_ANSWERED: "srtp-parameter-not-answered",
        "leaves a negotiated session parameter out of its answer",
        ["RFC4568-5.1.2-i"];
    SRTP_PROFILE_CHANGED: "srtp-profile-changed",
        "answers an offer of RTP/SAVP with RTP/AVP",
        ["SRTP-PROFILE"];
    SRTP_OFFER_WITHOUT_KEY: "srtp-offer-without-key",
        "offers secure media without a crypto line",
        ["RFC4568-5.1.1-a"];
    SRTP_TAGS_REPEATED: "srtp-tags-repeated",
        "gives all crypto lines of an offer the same tag",
        ["RFC4568-4.1-b"];
    SRTP_ANSWER_UNCHECKED: "srtp-answer-unchecked",
        "takes an answer whose crypto line is none that it offered",
        ["RFC4568-5.1.3-d"];
    SRTP_PLAIN_CALL_ACCEPTED: "srtp-plain-call-accepted",
        "accepts a plain call though it is set to secure media only",
        ["SRTP-POLICY"];
    SRTP_KEYS_IN_CLEAR: "srtp-keys-in-clear",
        "accepts keys that came over UDP though it is set to want TLS for them",
        ["SRTP-KEYS-OVER-TLS"];
    SRTP_SENT_PLAIN: "srtp-sent-plain",
        "sends RTP in clear though keys were agreed",
        ["RFC3711-3.3-a"];
    SRTP_PLAIN_ACCEPTED: "srtp-plain-accepted",
        "takes RTP packets that are not protected though keys were agreed",
        ["RFC3711-3.3-b"];
    SRTP_TAG_UNCHECKED: "srtp-tag-unchecked",
        "does not look at the authentication tag of RTP packets",
        ["RFC3711-3.3-b"];
    SRTP_WRONG_TAG: "srtp-wrong-tag",
        "sends RTP packets with a wrong authentication tag",
        ["RFC3711-4.2.1-a"];
    SRTP_REPLAY_ACCEPTED: "srtp-replay-accepted",
        "takes RTP packets that it has taken before",
        ["RFC3711-3.3.2-a"];
    SRTP_ROLLOVER_FORGOTTEN: "srtp-rollover-forgotten",
        "goes on with a rollover counter of zero when sequence numbers wrap",
        ["RFC3711-3.3.1-a"];
    SRTP_SEQUENCE_HIGH: "srtp-sequence-high",
        "starts RTP close below the wrap of its sequence number",
        ["RFC4568-6.4-c"];
    SRTP_REKEY_IGNORED: "srtp-rekey-ignored",
        "goes on with the first key of the other side when a re-INVITE has another",
        ["RFC4568-7.1.4-a"];
    SRTP_MKI_IGNORED: "srtp-mki-ignored",
        "takes the master key identifier of packets for part of their payload",
        ["RFC4568-6.1-g"];
    SRTP_256_DERIVED_WITH_128: "srtp-256-derived-with-128",
        "derives the session keys of 256-bit suites with AES-128",
        ["RFC6188-3.1-a", "RFC7714-11-b"];
    SRTP_32_AS_80: "srtp-32-as-80",
        "puts a tag of 80 bits on RTP where 32 were agreed",
        ["RFC4568-6.2.2-a"];
    SRTP_GCM_HEADER_LEFT_OUT: "srtp-gcm-header-left-out",
        "does not authenticate the header of RTP packets with GCM",
        ["RFC7714-8.2-a"];
    SRTP_OPENED_WITH_OWN_KEY: "srtp-opened-with-own-key",
        "opens what it receives with the key of what it sends",
        ["RFC4568-5.1.1-b"];
    SRTP_REINVITE_WITHOUT_KEY: "srtp-reinvite-without-key",
        "answers an offer within a call without a crypto line",
        ["RFC4568-5.1.4-a"];
    SRTP_BEST_EFFORT_AS_SAVP: "srtp-best-effort-as-savp",
        "offers RTP/SAVP though it is set to best effort",
        ["RFC8643-3.1-a"];
    SRTP_BEST_EFFORT_PLAIN_REFUSED: "srtp-best-effort-plain-refused",
        "ends a call of best effort when the answer has no key",
        ["RFC8643-3.3-a"];
    SRTP_BEST_EFFORT_ANSWERED_PLAIN: "srtp-best-effort-answered-plain",
        "answers an offer of best effort without a key",
        ["RFC8643-3.2-a"];
    SRTP_BEST_EFFORT_IGNORED: "srtp-best-effort-ignored",
        "goes on in clear when the answer to its offer of best effort has a key",
        ["RFC8643-3.3-b"];
    SRTCP_SENT_PLAIN: "srtcp-sent-plain",
        "sends RTCP in clear though keys were agreed",
        ["RFC3711-3.4-a"];
    SRTCP_UNENCRYPTED: "srtcp-unencrypted",
        "encrypts RTCP when it should not, and does not when it should",
        ["RFC4568-6.3.2-a", "RFC4568-6.3.2-b"];
    SRTCP_INDEX_STUCK: "srtcp-index-stuck",
        "sends every RTCP packet with the same index",
        ["RFC3711-3.4-c"];
    SRTCP_SHORT_TAG: "srtcp-short-tag",
        "puts the short tag of RTP on RTCP packets too",
        ["RFC3711-5.2-a"];
}
