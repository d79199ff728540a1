//! Authentication.

use super::Defect;

defects! {
    1;
    DIGEST_RESPONSE_WRONG: "digest-response-wrong",
        "answers a challenge with a response that does not match the password",
        ["RFC3261-22.2-3"];
    NO_SHA256: "no-sha256",
        "answers a SHA-256 challenge with an MD5 response",
        ["RFC3261-22.2-3"];
    AUTH_LOOPS: "auth-loops",
        "goes on answering challenges after its credentials were rejected",
        ["RFC3261-22.1-13"];
}
