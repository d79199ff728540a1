//! Media.

use super::Defect;

defects! {
    13;
    RTP_SEQUENCE_SKIPS: "rtp-sequence-skips",
        "skips a sequence number every 50 packets",
        ["RFC3550-5.1-a"];
    RTP_TIMESTAMP_STEP: "rtp-timestamp-step",
        "advances the timestamp by 80 for 160 samples",
        ["RFC3550-5.1-d"];
    RTP_SSRC_CHANGES: "rtp-ssrc-changes",
        "takes a new SSRC every 100 packets",
        ["RFC3550-3-a"];
    RTP_BURSTS: "rtp-bursts",
        "sends two packets together every 40 ms",
        ["QOS-PACING"];
    RTP_JITTER: "rtp-jitter",
        "sends each packet up to 12 ms early or late",
        ["QOS-JITTER"];
    RTP_WRONG_PAYLOAD_TYPE: "rtp-wrong-payload-type",
        "sends audio with a payload type that was not negotiated",
        ["RFC3264-6.1-31"];
    SLOW_LOOPBACK: "slow-loopback",
        "takes 300 ms longer to loop audio back",
        ["QOS-LATENCY"];
    NO_RTCP: "no-rtcp",
        "sends no RTCP",
        ["RFC3550-6.4-a"];
    RTCP_WRONG_COUNT: "rtcp-wrong-count",
        "reports half of the packets that it sent",
        ["RFC3550-6.4.1-a"];
    TONE_QUIET: "tone-quiet",
        "sends all audio 10 dB too quiet",
        ["QOS-LEVEL"];
    PCMA_AS_PCMU: "pcma-as-pcmu",
        "encodes PCMA with the mu-law",
        ["RFC3551-4.5.14-a"];
    RTP_SEQUENCE_FROM_ZERO: "rtp-sequence-from-zero",
        "begins each stream with sequence number 0",
        ["RFC3550-5.1-e"];
    RTP_TIMESTAMP_FROM_ZERO: "rtp-timestamp-from-zero",
        "begins each stream with timestamp 0",
        ["RFC3550-5.1-f"];
    RTP_SSRC_FIXED: "rtp-ssrc-fixed",
        "has the same SSRC in every session",
        ["RFC3550-5.1-c"];
    RTP_PADDING_BIT: "rtp-padding-bit",
        "sets the padding bit of packets without padding",
        ["RFC3550-5.1-i"];
    RTP_UNKNOWN_TYPE_PLAYED: "rtp-unknown-type-played",
        "plays packets of payload types that it does not know",
        ["RFC3550-5.1-h"];
    RTP_PADDING_REFUSED: "rtp-padding-refused",
        "drops packets with padding",
        ["RFC3550-5.1-i"];
    RTP_EXTENSION_REFUSED: "rtp-extension-refused",
        "drops packets with a header extension",
        ["RFC3550-5.3.1-a"];
    RTP_CSRC_REFUSED: "rtp-csrc-refused",
        "drops packets with contributing sources",
        ["RFC3550-5.1-j"];
    RTP_NEW_SOURCE_REFUSED: "rtp-new-source-refused",
        "drops packets of any source but the first",
        ["RTP-NEW-SOURCE"];
    RTP_SEQUENCE_JUMP_REFUSED: "rtp-sequence-jump-refused",
        "drops packets after a jump of the sequence number",
        ["RTP-SEQUENCE-JUMP"];
    RTP_REORDERED_REFUSED: "rtp-reordered-refused",
        "drops packets that others have overtaken",
        ["RTP-REORDERED"];
    RTP_DUPLICATE_RESTARTS: "rtp-duplicate-restarts",
        "begins its jitter buffer anew at a packet that comes twice",
        ["RTP-DUPLICATED"];
    RTP_GARBAGE_STOPS: "rtp-garbage-stops",
        "stops sending media at a datagram that is not RTP",
        ["RTP-GARBAGE"];
    SSRC_COLLISION_IGNORED: "ssrc-collision-ignored",
        "keeps its SSRC when the other end uses it too",
        ["RFC3550-8.2-b"];
    SSRC_COLLISION_WITHOUT_BYE: "ssrc-collision-without-bye",
        "takes another SSRC after a collision without a goodbye",
        ["RFC3550-8.2-b"];
    RTCP_SDES_FIRST: "rtcp-sdes-first",
        "begins its RTCP with the source description",
        ["RFC3550-6.1-b"];
    RTCP_WITHOUT_CNAME: "rtcp-without-cname",
        "sends reports without a source description",
        ["RFC3550-6.1-a"];
    RTCP_NO_BYE: "rtcp-no-bye",
        "leaves a session without a goodbye",
        ["RFC3550-6.3.7-a"];
    RTCP_TOO_OFTEN: "rtcp-too-often",
        "reports each 500 ms",
        ["RFC3550-6.2-a"];
    RTCP_SR_WHEN_SILENT: "rtcp-sr-when-silent",
        "sends sender reports while it sends no media",
        ["RFC3550-6.4-a"];
    RTCP_OCTETS_WITH_HEADERS: "rtcp-octets-with-headers",
        "counts the headers among the octets that it sent",
        ["RFC3550-6.4.1-b"];
    RTCP_TIMESTAMP_OFFSET: "rtcp-timestamp-offset",
        "reports an RTP timestamp that is a second ahead",
        ["RFC3550-6.4.1-c"];
    RTCP_NTP_SLOW: "rtcp-ntp-slow",
        "reports an NTP time that advances at half the rate",
        ["RFC3550-6.4.1-d"];
    RTCP_NO_BLOCK: "rtcp-no-block",
        "reports nothing of what it receives",
        ["RFC3550-6.4-b"];
    RTCP_LOSS_HIDDEN: "rtcp-loss-hidden",
        "reports that nothing was lost",
        ["RFC3550-6.4.1-e"];
    RTCP_FRACTION_ZERO: "rtcp-fraction-zero",
        "reports a fraction lost of zero",
        ["RFC3550-6.4.1-f"];
    RTCP_HIGHEST_STUCK: "rtcp-highest-stuck",
        "reports the first sequence number as the highest",
        ["RFC3550-6.4.1-g"];
    RTCP_JITTER_ZERO: "rtcp-jitter-zero",
        "reports a jitter of zero",
        ["RFC3550-6.4.1-h"];
    RTCP_LSR_WRONG: "rtcp-lsr-wrong",
        "echoes the low half of the NTP time of a sender report",
        ["RFC3550-6.4.1-i"];
    RTCP_DLSR_MILLIS: "rtcp-dlsr-millis",
        "reports the delay since a sender report in milliseconds",
        ["RFC3550-6.4.1-j"];
    RTCP_LSR_INVENTED: "rtcp-lsr-invented",
        "names a sender report when none came",
        ["RFC3550-6.4.1-k"];
    RTP_CLOCK_FAST: "rtp-clock-fast",
        "runs its media clock 0.1 % too fast",
        ["QOS-SKEW"];
    RTP_LOSES: "rtp-loses",
        "sends all but each tenth packet",
        ["QOS-LOSS"];
    MEDIA_LATE: "media-late",
        "begins to send two seconds after the call is up",
        ["QOS-FIRST-PACKET"];
    JITTER_BUFFER_SHORT: "jitter-buffer-short",
        "has a jitter buffer of 5 ms",
        ["QOS-JITTER-BUFFER"];
    JITTER_BUFFER_GROWS: "jitter-buffer-grows",
        "lengthens its jitter buffer at each late packet and never shortens it",
        ["QOS-BUFFER-RECOVERS"];
    NO_CONCEALMENT: "no-concealment",
        "plays silence for lost packets",
        ["QOS-CONCEALMENT"];
    AUDIO_NOISY: "audio-noisy",
        "adds noise to all audio that it sends",
        ["QOS-NOISE"];
    RING_SLOW: "ring-slow",
        "tells that it rings four seconds late",
        ["QOS-SRD"];
    RTCP_STOPS_WHEN_HELD: "rtcp-stops-when-held",
        "sends no RTCP while it sends no media",
        ["RFC8866-6.7.1-a", "RFC8866-6.7.4-a"];
    RTP_ASYMMETRIC: "rtp-asymmetric",
        "sends RTP from its port for RTCP",
        ["RFC4961-4-a"];
    EARLY_MEDIA_STOPS: "early-media-stops",
        "sends no media any more in a call that had a description before the 200",
        ["RFC3264-5.1-21"];
    SECOND_CALL_REFUSED: "second-call-refused",
        "refuses the second call since it started with 503",
        ["QOS-SER"];
    LATE_MEDIA_CRASHES: "late-media-crashes",
        "crashes when media comes after the end of its call",
        ["DEV-NO-CRASH"];
    RTCP_AFTER_BYE: "rtcp-after-bye",
        "goes on reporting for ten seconds after the end of a call",
        ["RFC3261-15.1.2-3"];
    XR_CRASHES: "xr-crashes",
        "crashes on an extended report",
        ["DEV-NO-CRASH"];
    XR_LRR_WRONG: "xr-lrr-wrong",
        "echoes the low half of a reference time",
        ["RFC3611-4.5-a"];
    XR_DLRR_MILLIS: "xr-dlrr-millis",
        "reports the delay since a reference time in milliseconds",
        ["RFC3611-4.5-b"];
    XR_UNREPORTED_SET: "xr-unreported-set",
        "puts hop limits into its summary without saying so",
        ["RFC3611-4.6-a"];
    XR_LOSSES_HIDDEN: "xr-losses-hidden",
        "counts no lost packets in its summary",
        ["RFC3611-4.6-b"];
    XR_DUPLICATES_HIDDEN: "xr-duplicates-hidden",
        "counts no duplicates in its summary",
        ["RFC3611-4.6-c"];
    XR_LOSS_RATE_ZERO: "xr-loss-rate-zero",
        "gives a loss rate of zero in the metrics of a call",
        ["RFC3611-4.7.1-a"];
    MUX_UNANSWERED: "mux-unanswered",
        "sends reports to the port of media, as is offered, and does not say so in its answer",
        ["RFC5761-5.1.1-b"];
    MUX_UNASKED: "mux-unasked",
        "sends reports to the port of media though nobody offered that",
        ["RFC5761-5.1-a"];
    MUX_REPORTS_APART: "mux-reports-apart",
        "agrees to one port and sends reports to the next one",
        ["RFC5761-8-a"];
    MUX_NOT_TOLD_APART: "mux-not-told-apart",
        "takes reports at the port of media for media",
        ["RFC5761-4-a"];
    MUX_ABOVE_SRTP: "mux-above-srtp",
        "protects reports at the port of media as it does media",
        ["RFC5761-7-a"];
    MUX_OFFER_SILENT: "mux-offer-silent",
        "sends reports to the port of media without having offered it",
        ["RFC5761-5.1.1-a"];
    MUX_DESPITE_ANSWER: "mux-despite-answer",
        "sends reports to the port of media though the answer does not agree",
        ["RFC5761-5.1.1-c"];
    MUX_TYPE_CONFLICTS: "mux-type-conflicts",
        "offers one port, and payload type 72 for telephone events",
        ["RFC5761-4-b"];
}
