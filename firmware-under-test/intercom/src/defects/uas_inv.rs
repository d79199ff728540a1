//! Answering a call.

use super::Defect;

defects! {
    6;
    NO_RINGING: "no-ringing",
        "sends no 180 while it rings",
        ["DEV-RINGING"];
    NO_100: "no-100",
        "sends no 100 although its first answer takes more than 200 ms",
        ["RFC3261-17.2.1-1"];
    BUSY_RINGS: "busy-rings",
        "rings a second call while busy instead of rejecting it with 486",
        ["RFC3261-13.3.1.3-1"];
    ANSWER_2XX_NOT_RETRANSMITTED: "2xx-not-retransmitted",
        "sends its 200 to INVITE once only",
        ["RFC3261-13.3.1.4-a"];
    ANSWER_2XX_FIXED_INTERVAL: "2xx-fixed-interval",
        "retransmits its 200 to INVITE every 500 ms instead of doubling up to T2",
        ["RFC3261-13.3.1.4-a"];
    UNACKED_NO_BYE: "unacked-no-bye",
        "drops a call whose 200 was never acknowledged without sending BYE",
        ["RFC3261-13.3.1.4-4"];
}
