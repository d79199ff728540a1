//! Codecs.

use super::Defect;

defects! {
    16;
    CODEC_G711_ONLY: "codec-g711-only",
        "takes no codec but PCMU and PCMA",
        ["RFC3264-6.1-10"];
    ANSWER_OTHER_CODEC: "answer-other-codec",
        "answers with GSM, which was not offered",
        ["RFC3264-6.1-10"];
    PTIME_IGNORED: "ptime-ignored",
        "sends packets of 20 ms whatever the other side asks for",
        ["RFC3264-6.1-28"];
    PTIME_30: "ptime-30",
        "sends packets of 30 ms to who does not say",
        ["RFC3551-4.2-a"];
    G722_CLOCK_16000: "g722-clock-16000",
        "counts the timestamps of G.722 at 16,000 Hz",
        ["RFC3551-4.5.2-b"];
    G722_BANDS_SWAPPED: "g722-bands-swapped",
        "has the higher band of G.722 in the low bits of an octet",
        ["CODEC-TRUTH"];
    PCMU_AS_PCMA: "pcmu-as-pcma",
        "encodes PCMU with the A-law",
        ["RFC3551-4.5.14-a"];
    G726_PACKING: "g726-packing",
        "packs the codes of G.726 the other way round",
        ["CODEC-G726-PACKING"];
    L16_LITTLE_ENDIAN: "l16-little-endian",
        "sends L16 with the less significant byte first",
        ["RFC3551-4.5.11-a"];
    CHANNELS_SWAPPED: "channels-swapped",
        "sends the right channel before the left",
        ["CODEC-CHANNELS"];
    NOISE_IN_SILENCE: "noise-in-silence",
        "hisses at -36 dBm0 all the time",
        ["CODEC-SILENCE"];
    CODEC_SWITCH_IGNORED: "codec-switch-ignored",
        "goes on with the codec of before when another is agreed",
        ["RFC3264-8.3.2-5"];
}
