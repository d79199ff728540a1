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
    OFFER_DIRECTION_IGNORED: "offer-direction-ignored",
        "answers each offer with sendrecv",
        ["RFC3264-6.1-3", "RFC3264-6.1-4", "RFC3264-6.1-6"];
    SESSION_DIRECTION_IGNORED: "session-direction-ignored",
        "looks for the direction of a stream below its m= line only",
        ["RFC3264-6.1-3"];
    SESSION_ADDRESS_WINS: "session-address-wins",
        "sends media to the c= line of the session where the stream has its own",
        ["RFC8866-5.7-b"];
    ANSWER_AUDIO_ONLY: "answer-audio-only",
        "leaves the m= lines that it refuses out of its answer",
        ["RFC3264-6-2", "RFC3264-6-3"];
    ANSWER_REORDERED: "answer-reordered",
        "puts its audio before the m= lines that it refuses",
        ["RFC3264-6.1-2"];
    UNKNOWN_STREAM_TAKEN: "unknown-stream-taken",
        "answers streams that it cannot have with a port",
        ["RFC3264-6.1-24", "RFC3264-6-8"];
    REFUSED_WITHOUT_FORMAT: "refused-without-format",
        "refuses a stream by an m= line without a format",
        ["RFC3264-6-9"];
    GROUP_ECHOED: "group-echoed",
        "answers groups of streams that it does not understand",
        ["RFC5888-9.2-a"];
    TIME_NOT_ECHOED: "time-not-echoed",
        "answers with a t= line of its own",
        ["RFC3264-6-5"];
    ORIGIN_COPIED: "origin-copied",
        "answers with the o= line of the offer",
        ["RFC3264-6-1"];
    UNKNOWN_ATTRIBUTE_REFUSED: "unknown-attribute-refused",
        "refuses an offer with an attribute that it does not know",
        ["RFC8866-5.13-a"];
    UNKNOWN_BANDWIDTH_REFUSED: "unknown-bandwidth-refused",
        "refuses an offer with a bandwidth of a kind that it does not know",
        ["RFC8866-5.8-a"];
    IP6_CALLED_IP4: "ip6-called-ip4",
        "describes its IPv6 address as IP4",
        ["RFC8866-5-a"];
    DYNAMIC_WITHOUT_RTPMAP: "dynamic-without-rtpmap",
        "does not say what the dynamic payload type of its telephone events stands for",
        ["RFC3264-6.1-14"];
    ANSWER_RENUMBERS: "answer-renumbers",
        "gives telephone events its own payload type in the answer",
        ["RFC3264-6.1-13"];
    STATIC_NUMBER_SENT: "static-number-sent",
        "sends a codec with its static payload type whatever was agreed",
        ["RFC3264-6.1-31", "RFC3264-5.1-10"];
    ZERO_PORT_TAKEN: "zero-port-taken",
        "answers a stream that is turned off with a port",
        ["RFC3264-8.2-2"];
    ZERO_PORT_KEEPS_SENDING: "zero-port-keeps-sending",
        "goes on sending media of a stream that was turned off",
        ["RFC3264-6-7"];
    ZERO_PORT_FOR_GOOD: "zero-port-for-good",
        "sends no media any more when a stream is turned on again",
        ["RFC3264-6.1-26"];
    ANSWER_VERSION_KEPT: "answer-version-kept",
        "changes its answer without counting its version up",
        ["RFC3264-8-5"];
    REOFFER_NEW_SESSION: "reoffer-new-session",
        "offers under another session id in the 200 to a re-INVITE",
        ["RFC3264-8-4"];
    NEW_ADDRESS_IGNORED: "new-address-ignored",
        "goes on sending media to the address of before",
        ["RFC3264-8.3.1-7", "RFC3264-8.3.4-2"];
    SAME_OFFER_STOPS_MEDIA: "same-offer-stops-media",
        "sends no media any more after an offer that it has had before",
        ["RFC3264-8-6"];
    REOFFER_RENUMBERS: "reoffer-renumbers",
        "gives telephone events another payload type in its second offer",
        ["RFC3264-8.3.2-3"];
    REOFFER_DROPS_STREAMS: "reoffer-drops-streams",
        "leaves the streams that it refused out of its own offer",
        ["RFC3264-8-8", "RFC3264-8-9"];
    OFFER_WITHOUT_TIME: "offer-without-time",
        "offers without a t= line",
        ["RFC3264-5-1", "RFC3264-5-7"];
    OFFER_TIME_NOW: "offer-time-now",
        "offers a session of half an hour",
        ["RFC3264-5-7"];
    OFFER_NAME_EMPTY: "offer-name-empty",
        "offers with an empty s= line",
        ["RFC8866-5.3-b"];
    ORIGIN_TOO_LARGE: "origin-too-large",
        "offers with a session id and a version that are too large",
        ["RFC3264-5-3", "RFC3264-5-4"];
    OFFER_NARROW: "offer-narrow",
        "offers its first codec alone",
        ["RFC3264-5.1-9"];
    OFFER_DISORDERED: "offer-disordered",
        "offers its codecs in the order of their payload types",
        ["RFC3264-5.1-13"];
    ANSWER_CODEC_IGNORED: "answer-codec-ignored",
        "sends the first codec of its offer whatever the answer has",
        ["RFC3264-7-2"];
    ANSWER_NUMBERS_IGNORED: "answer-numbers-ignored",
        "sends with the payload types of its offer where the answer has others",
        ["RFC3264-5.1-10"];
    RECEIVES_BY_ANSWER: "receives-by-answer",
        "expects to be sent the payload types of the answer, not those of its offer",
        ["RFC3264-5.1-21"];
    MAXPTIME_IGNORED: "maxptime-ignored",
        "sends packets of 20 ms whatever the most is that they may carry",
        ["RFC8866-6.5-a"];
    PTIME_ZERO: "ptime-zero",
        "asks for packets of 0 ms",
        ["RFC3264-5.1-15"];
    RTCP_ATTRIBUTE_IGNORED: "rtcp-attribute-ignored",
        "sends its reports to the port after that of RTP whatever a=rtcp says",
        ["RFC3605-2.1-a"];
    SDP_MALFORMED_CRASHES: "sdp-malformed-crashes",
        "crashes on an m= line whose port cannot be read",
        ["DEV-ALIVE", "DEV-NO-CRASH"];
    UNANSWERED_OFFER_KEPT: "unanswered-offer-kept",
        "keeps a call whose ACK lacks the answer to its offer",
        ["SDP-UNANSWERED"];
    UNANSWERED_CALL_KEPT: "unanswered-call-kept",
        "keeps a call whose 200 lacks the answer to its offer",
        ["SDP-UNANSWERED"];
    WARNING_OF_BANDWIDTH: "warning-of-bandwidth",
        "warns of insufficient bandwidth where no codec is in common",
        ["RFC3261-20.43-b"];
}
