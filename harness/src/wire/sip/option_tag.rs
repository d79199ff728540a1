//! Option tags: RFC 3261 §19.2.

/// Whether IANA has an option tag in its registry, into which only RFCs of the standards track put one.
pub fn is_registered(tag: &str) -> bool {
    REGISTERED.iter().any(|known| known.eq_ignore_ascii_case(tag))
}

/// The registry "Option Tags" of the Session Initiation Protocol (SIP) Parameters.
const REGISTERED: &[&str] = &[
    "100rel",
    "199",
    "answermode",
    "early-session",
    "eventlist",
    "explicitsub",
    "from-change",
    "geolocation-http",
    "geolocation-sip",
    "gin",
    "gruu",
    "histinfo",
    "ice",
    "join",
    "multiple-refer",
    "norefersub",
    "nosub",
    "outbound",
    "path",
    "policy",
    "precondition",
    "pref",
    "privacy",
    "recipient-list-invite",
    "recipient-list-message",
    "recipient-list-subscribe",
    "record-aware",
    "replaces",
    "resource-priority",
    "sdp-anat",
    "sec-agree",
    "siprec",
    "tdialog",
    "timer",
    "trickle-ice",
    "uui",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_any_case() {
        assert!(is_registered("100rel") && is_registered("Timer"));
        assert!(!is_registered("x-door") && !is_registered(""));
    }
}
