//! Transactions.

use super::Defect;

defects! {
    9;
    INVITE_RETRANSMISSION_RINGS_TWICE: "invite-retransmission-rings-twice",
        "treats a retransmitted INVITE as a new call",
        ["RFC3261-17.2.1-5"];
    TIMER_A_CONSTANT: "timer-a-constant",
        "retransmits INVITE every T1 instead of doubling the interval",
        ["RFC3261-17.1.1.2-8"];
    TIMER_B_EARLY: "timer-b-early",
        "gives an INVITE up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.1.2-5"];
    TIMER_E_UNCAPPED: "timer-e-uncapped",
        "goes on doubling the retransmission interval of other requests past T2",
        ["RFC3261-17.1.2.2-b"];
    TIMER_F_EARLY: "timer-f-early",
        "gives other requests up after 8*T1 instead of 64*T1",
        ["RFC3261-17.1.2.2-1"];
}
