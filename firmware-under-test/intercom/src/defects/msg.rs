//! Messages and what a server checks in any request.

use super::Defect;

defects! {
    2;
    BRANCH_WITHOUT_COOKIE: "branch-without-cookie",
        "makes branches that do not begin with z9hG4bK",
        ["RFC3261-8.1.1.7-5"];
    SAME_BRANCH_FOR_ALL: "same-branch-for-all",
        "uses one branch for all its requests",
        ["RFC3261-8.1.1.7-4"];
    UNKNOWN_METHOD_501: "unknown-method-501",
        "answers a method that it does not support with 501 instead of 405",
        ["RFC3261-8.2.1-2"];
    NO_ALLOW_IN_405: "405-without-allow",
        "sends 405 without Allow",
        ["RFC3261-8.2.1-3"];
    IGNORES_REQUIRE: "ignores-require",
        "serves a request whose Require names an extension that it does not have",
        ["RFC3261-8.2.2.3-1"];
    NO_UNSUPPORTED_IN_420: "420-without-unsupported",
        "sends 420 without Unsupported",
        ["RFC3261-8.2.2.3-2"];
    CRASH_ON_MALFORMED: "crash-on-malformed",
        "crashes on a request without Call-ID",
        ["DEV-ALIVE", "DEV-NO-CRASH"];
    NO_COMPACT_FORMS: "no-compact-forms",
        "does not know the compact forms of header names",
        ["RFC3261-7.3.3-3"];
    NO_RPORT: "no-rport",
        "ignores rport and answers to the port in the Via",
        ["RFC3581-4-1"];
    VIA_REORDERED: "via-reordered",
        "answers with the Via values in reverse order",
        ["RFC3261-8.2.6.2-4"];
    MAX_FORWARDS_MISSING: "max-forwards-missing",
        "sends requests without Max-Forwards",
        ["RFC3261-8.1.1.6-1"];
}
