//! Transactions.

use super::Defect;

defects! {
    9;
    INVITE_RETRANSMISSION_RINGS_TWICE: "invite-retransmission-rings-twice",
        "treats a retransmitted INVITE as a new call",
        ["RFC3261-17.2.1-5"];
    TIMER_A_CONSTANT: "timer-a-constant",
        "retransmits INVITE every T1 instead of doubling the interval",
        ["RFC3261-17.1.1.2-8", "RFC3261-17.1.1.2-7"];
    TIMER_B_EARLY: "timer-b-early",
        "gives an INVITE up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.1.2-5"];
    TIMER_E_UNCAPPED: "timer-e-uncapped",
        "goes on doubling the retransmission interval of other requests past T2",
        ["RFC3261-17.1.2.2-b"];
    TIMER_F_EARLY: "timer-f-early",
        "gives other requests up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.2.2-1"];
    RETRANSMITS_AFTER_1XX: "retransmits-after-1xx",
        "goes on retransmitting its INVITE after a provisional response",
        ["RFC3261-17.1.1.2-15"];
    RETRANSMITS_AFTER_2XX: "retransmits-after-2xx",
        "goes on retransmitting its INVITE after a 2xx",
        ["RFC6026-8.4-7"];
    RETRANSMITS_AFTER_FINAL: "retransmits-after-final",
        "goes on retransmitting other requests after a final response",
        ["RFC3261-17.1.2.2-6"];
    RETRANSMISSION_CHANGES: "retransmission-changes",
        "changes its requests when it sends them again",
        ["RFC3261-17.1.1.2-6"];
    TIMER_B_IN_PROCEEDING: "timer-b-in-proceeding",
        "gives a ringing call up after 64*T1",
        ["RFC3261-17.1.1.2-13"];
    TIMER_D_EARLY: "timer-d-early",
        "sends no ACK for a 300 to 699 that comes again after 4 s",
        ["RFC3261-17.1.1.2-21", "RFC6026-8.4-4"];
    TIMER_E_DOUBLES_IN_PROCEEDING: "timer-e-doubles-in-proceeding",
        "does not wait for T2 between retransmissions once a provisional response has come",
        ["RFC3261-17.1.2.2-7"];
    TIMER_J_EARLY: "timer-j-early",
        "forgets its answers to other requests after 4 s",
        ["RFC3261-17.2.2-6"];
    BRANCH_NOT_COMPARED: "branch-not-compared",
        "takes a response with another branch for its own",
        ["RFC6026-8.9-2"];
    CSEQ_METHOD_NOT_COMPARED: "cseq-method-not-compared",
        "takes a response to another method for its own",
        ["RFC6026-8.9-2"];
    SENT_BY_NOT_COMPARED: "sent-by-not-compared",
        "takes a request of another sender with the same branch for a retransmission",
        ["RFC3261-17.2.3-a"];
    RFC2543_BRANCH_ONLY: "rfc2543-branch-only",
        "takes another request with the same branch without magic cookie for a retransmission",
        ["RFC3261-17.2.3-b"];
    STRAY_2XX_ACKED: "stray-2xx-acked",
        "sends an ACK for a 2xx to an INVITE that it has not sent",
        ["RFC6026-8.9-2"];
    ACCEPTED_STATE_MISSING: "accepted-state-missing",
        "takes an INVITE that comes again after its 2xx for a new one",
        ["RFC6026-8.5-2"];
    RETRANSMISSION_UNANSWERED: "retransmission-unanswered",
        "answers no retransmission of a request other than INVITE",
        ["RFC3261-17.2.2-7"];
    OPTIONS_100_AT_ONCE: "options-100-at-once",
        "sends 100 to OPTIONS before its answer",
        ["RFC4320-4.1-2"];
    OPTIONS_180: "options-180",
        "sends 180 to OPTIONS before its answer",
        ["RFC4320-4.1-1"];
    TWO_VIAS_ACCEPTED: "two-vias-accepted",
        "takes a response with two Via values for its own",
        ["RFC3261-8.1.3.3-1"];
    TIMER_F_NOT_IN_PROCEEDING: "timer-f-not-in-proceeding",
        "goes on repeating a request other than INVITE without end once a provisional response has come",
        ["RFC3261-17.1.2.2-8"];
    TIMER_M_EARLY: "timer-m-early",
        "sends no ACK for the 2xx of another branch that comes 4 s after the first",
        ["RFC6026-7.2-1"];
    TIMER_L_EARLY: "timer-l-early",
        "forgets 4 s after its 2xx that it had the INVITE",
        ["RFC6026-7.1-1"];
    STRAY_INFO_408: "stray-info-408",
        "answers INFO outside a dialog with 408",
        ["RFC4320-4.2-1"];
    RESPONSE_SENT_BY_NOT_COMPARED: "response-sent-by-not-compared",
        "takes a response for its own whose Via names somebody else",
        ["RFC3261-18.1.2-1"];
    RETRANSMITS_ON_STREAMS: "retransmits-on-streams",
        "repeats an INVITE over TCP and TLS as over UDP",
        ["RFC3261-17.1.1.1-c"];
    OLD_INVITE_TWICE: "old-invite-twice",
        "takes an INVITE without magic cookie that comes again for another",
        ["RFC3261-17.2.3-c"];
}
