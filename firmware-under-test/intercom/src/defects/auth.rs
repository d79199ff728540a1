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
    PROXY_DOMAIN_HEEDED: "proxy-domain-heeded",
        "does not answer the challenge of a proxy that names a domain",
        ["RFC7616-3.3-3"];
    STALE_FALSE_IS_STALE: "stale-false-is-stale",
        "gives the same credentials again when a challenge says that the nonce was not stale",
        ["RFC7616-3.3-7"];
    UNKNOWN_QOP_REFUSED: "unknown-qop-refused",
        "does not answer a challenge that offers a qop which it does not know among others",
        ["RFC7616-3.3-10"];
    QOP_AUTH_ALWAYS: "qop-auth-always",
        "answers with auth where auth-int alone is offered",
        ["RFC7616-3.4-2", "RFC3261-22.2-3"];
    CNONCE_LEFT_OUT: "cnonce-left-out",
        "sends qop without a cnonce",
        ["RFC7616-3.4-3", "RFC3261-22.4-7", "RFC3261-22.2-3", "RFC3261-22.3-5"];
    NONCE_COUNT_LEFT_OUT: "nonce-count-left-out",
        "sends qop without a nonce count",
        ["RFC7616-3.4-4", "RFC3261-22.4-7", "RFC3261-22.4-a", "RFC3261-22.2-3", "RFC3261-22.3-5"];
    CNONCE_UNQUOTED: "cnonce-unquoted",
        "does not quote its cnonce",
        ["RFC7616-3.4-6"];
    QOP_QUOTED: "qop-quoted",
        "quotes the qop of its credentials",
        ["RFC7616-3.4-7"];
    USERHASH_IGNORED: "userhash-ignored",
        "sends its user name in clear although the challenge wants its hash",
        ["RFC7616-3.4.4-2"];
    CHALLENGE_MISSING: "challenge-missing",
        "refuses a caller with 401 without a challenge",
        ["RFC3261-22.2-2"];
    CHALLENGE_NONCE_UNQUOTED: "challenge-nonce-unquoted",
        "does not quote the nonce of its challenges",
        ["RFC7616-3.3-13"];
    CHALLENGE_ALGORITHM_QUOTED: "challenge-algorithm-quoted",
        "quotes the algorithm of its challenges",
        ["RFC7616-3.3-14"];
    CHALLENGE_WITHOUT_QOP: "challenge-without-qop",
        "challenges without qop",
        ["RFC8760-2.6-5", "RFC3261-22.4-6"];
    CHALLENGES_ALIKE: "challenges-alike",
        "challenges twice with the same algorithm",
        ["RFC8760-2.3-2"];
    CHALLENGE_WEAKEST_FIRST: "challenge-weakest-first",
        "has the challenge that it prefers last",
        ["RFC8760-2.3-3"];
    BOTH_USER_NAMES_TAKEN: "both-user-names-taken",
        "takes credentials with username and username*",
        ["RFC7616-3.4-1"];
    CALLERS_QOP_IGNORED: "callers-qop-ignored",
        "reads the credentials of a caller as if they had no qop",
        ["RFC8760-2.6-4", "RFC3261-22.2-1"];
    DIGEST_URI_UNCHECKED: "digest-uri-unchecked",
        "takes credentials that a caller has made for somebody else",
        ["RFC8760-2.6-3"];
    ANY_PASSWORD_TAKEN: "any-password-taken",
        "does not look at the response of a caller's credentials",
        ["RFC3261-22.2-2"];
    VISITORS_REFUSED: "visitors-refused",
        "refuses a caller who has the right credentials",
        ["RFC3261-22.2-1", "RFC8760-2.6-4"];
    QUERY_CHALLENGE_IGNORED: "query-challenge-ignored",
        "gives up an OPTIONS that is challenged",
        ["RFC3261-22.2-3", "RFC3261-22.2-8"];
    QUERY_CSEQ_STUCK: "query-cseq-stuck",
        "sends an OPTIONS with credentials under the CSeq of the one without",
        ["RFC3261-22.2-8"];
    QUERY_NEW_CALL_ID: "query-new-call-id",
        "sends an OPTIONS with credentials under a new Call-ID",
        ["RFC3261-8.1.3.5-6"];
    BASIC_TAKEN: "basic-taken",
        "lets a caller in who shows a user name and a password in clear",
        ["RFC3261-22-3"];
    ACK_CHALLENGED: "ack-challenged",
        "challenges the ACK of a caller whom it has let in",
        ["RFC3261-22.1-8", "RFC3261-22.1-9"];
}
