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
}
