//! Registration.

use super::Defect;

defects! {
    0;
    REFRESH_LATE: "refresh-late",
        "refreshes its registration two seconds after the granted expiry",
        ["RFC3261-10.2.4-a"];
    REGISTER_NEW_CALL_ID: "register-new-call-id",
        "uses a new Call-ID for each REGISTER",
        ["RFC3261-10.2.4-3"];
    REGISTER_CSEQ_STUCK: "register-cseq-stuck",
        "uses the same CSeq for each REGISTER",
        ["RFC3261-10.2-9", "RFC3261-22.2-8"];
    IGNORES_MIN_EXPIRES: "ignores-min-expires",
        "repeats the same expiry after 423 Interval Too Brief",
        ["RFC3261-10.2.8-1"];
    UNREGISTER_KEEPS_EXPIRES: "unregister-keeps-expires",
        "removes its binding with the usual expiry instead of zero",
        ["RFC3261-10.2.2-a"];
}
