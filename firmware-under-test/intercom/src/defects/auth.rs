//! Authentication.

use super::Defect;

defects! {
    1;
    DIGEST_RESPONSE_WRONG: "digest-response-wrong",
        "answers a challenge with a response that does not match the password",
        ["RFC3261-22.2-3", "QOS-RRD"];
    NO_SHA256: "no-sha256",
        "answers a SHA-256 challenge with an MD5 response",
        ["RFC3261-22.2-3"];
    AUTH_LOOPS: "auth-loops",
        "goes on answering challenges after its credentials were rejected",
        ["RFC3261-22.1-13"];
    PROXY_CREDENTIALS_MISPLACED: "proxy-credentials-misplaced",
        "answers the challenge of a proxy in Authorization",
        ["RFC3261-22.3-5"];
    DIGEST_URI_UNQUOTED: "digest-uri-unquoted",
        "does not quote the uri of its credentials",
        ["RFC3261-22.4-3"];
    DIGEST_URI_WRONG: "digest-uri-wrong",
        "has another uri than the Request-URI in its credentials",
        ["RFC3261-22.2-3"];
    CNONCE_WITHOUT_QOP: "cnonce-without-qop",
        "sends a cnonce although it was offered no qop",
        ["RFC3261-22.4-5"];
    QOP_DROPPED: "qop-dropped",
        "leaves qop, nc and cnonce out of its credentials",
        ["RFC3261-22.4-7"];
    OPAQUE_DROPPED: "opaque-dropped",
        "does not return opaque",
        ["RFC3261-22.4-a"];
    NONCE_COUNT_STUCK: "nonce-count-stuck",
        "uses the same nonce count with each request",
        ["RFC3261-22.4-a"];
    STALE_IS_REJECTION: "stale-is-rejection",
        "takes a stale nonce for rejected credentials",
        ["RFC3261-8.1.3.5-1"];
    FORGETS_OTHER_REALM: "forgets-other-realm",
        "answers the last challenge only, not an earlier one of another server",
        ["RFC3261-22.3-5"];
    SESSION_NOT_BOUND: "session-not-bound",
        "computes a -sess digest like one without",
        ["RFC3261-22.2-3"];
    BODY_NOT_BOUND: "body-not-bound",
        "computes auth-int like auth",
        ["RFC3261-22.2-3"];
    INVITE_CSEQ_STUCK: "invite-cseq-stuck",
        "sends an INVITE with credentials under the CSeq of the one without",
        ["RFC3261-22.2-8"];
    CHALLENGED_CALL_NEW_CALL_ID: "challenged-call-new-call-id",
        "sends an INVITE with credentials under a new Call-ID",
        ["RFC3261-8.1.3.5-6"];
    WEAKEST_CHALLENGE: "weakest-challenge",
        "answers the last of several challenges for a realm",
        ["RFC8760-2.4-1"];
    UNKNOWN_ALGORITHM_TAKEN_FOR_MD5: "unknown-algorithm-taken-for-md5",
        "answers a challenge of an unknown algorithm as if it were MD5",
        ["RFC8760-2.4-2", "RFC8760-2.4-4"];
    BASIC_ACCEPTED: "basic-accepted",
        "gives credentials when it is challenged with Basic",
        ["RFC8760-2.6-1"];
    NO_ALGORITHM_IS_SHA256: "no-algorithm-is-sha256",
        "takes a challenge without an algorithm for one of SHA-256",
        ["RFC3261-22.2-3"];
    QOP_ALL_OFFERED: "qop-all-offered",
        "copies every offered qop into its credentials",
        ["RFC3261-22.2-3"];
}
