//! Names of header fields: long, compact, and what is known of each.

/// The long name that `name` stands for, in its usual spelling; `name` itself if it is not known.
pub fn long_name(name: &str) -> &str {
    let compact = COMPACT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
    if let Some((_, long)) = compact {
        return long;
    }
    LISTS
        .iter()
        .chain(&SINGLES)
        .chain(&REPEATABLE)
        .find(|known| known.eq_ignore_ascii_case(name))
        .copied()
        .unwrap_or(name)
}

/// The compact form of `name`, if it has one.
pub(in crate::wire) fn compact_name(name: &str) -> Option<&'static str> {
    COMPACT.iter().find(|(_, long)| long.eq_ignore_ascii_case(name)).map(|&(short, _)| short)
}

/// Whether the grammar of `name` is a comma-separated list.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(name))
}

/// Whether `name` may appear once only.
pub(super) fn is_single(name: &str) -> bool {
    SINGLES.iter().any(|single| single.eq_ignore_ascii_case(name))
}

/// RFC 3261 §7.3.3 and the IANA registry of SIP header fields.
const COMPACT: [(&str, &str); 20] = [
    ("a", "Accept-Contact"),
    ("b", "Referred-By"),
    ("c", "Content-Type"),
    ("d", "Request-Disposition"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("j", "Reject-Contact"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("n", "Identity-Info"),
    ("o", "Event"),
    ("r", "Refer-To"),
    ("s", "Subject"),
    ("t", "To"),
    ("u", "Allow-Events"),
    ("v", "Via"),
    ("x", "Session-Expires"),
    ("y", "Identity"),
];

/// Fields whose value is a comma-separated list.
const LISTS: [&str; 39] = [
    "Accept",
    "Accept-Contact",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Resource-Priority",
    "Alert-Info",
    "Allow",
    "Allow-Events",
    "Call-Info",
    "Contact",
    "Content-Encoding",
    "Content-Language",
    "Diversion",
    "Error-Info",
    "Geolocation",
    "History-Info",
    "In-Reply-To",
    "P-Asserted-Identity",
    "P-Associated-URI",
    "P-Preferred-Identity",
    "Path",
    "Permission-Missing",
    "Proxy-Require",
    "Reason",
    "Record-Route",
    "Recv-Info",
    "Reject-Contact",
    "Request-Disposition",
    "Require",
    "Resource-Priority",
    "Route",
    "Security-Client",
    "Security-Server",
    "Security-Verify",
    "Service-Route",
    "Supported",
    "Unsupported",
    "Via",
    "Warning",
];

/// Fields that may appear once only.
const SINGLES: [&str; 35] = [
    "CSeq",
    "Call-ID",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "Date",
    "Event",
    "Expires",
    "From",
    "Identity",
    "Identity-Info",
    "Info-Package",
    "Join",
    "MIME-Version",
    "Max-Forwards",
    "Min-Expires",
    "Min-SE",
    "Organization",
    "Priority",
    "Privacy",
    "RAck",
    "RSeq",
    "Refer-To",
    "Referred-By",
    "Replaces",
    "Reply-To",
    "Retry-After",
    "SIP-ETag",
    "SIP-If-Match",
    "Server",
    "Session-Expires",
    "Subject",
    "Subscription-State",
    "Timestamp",
    "To",
];

/// Fields that may appear more than once and whose values are not split at commas.
const REPEATABLE: [&str; 6] = [
    "Authentication-Info",
    "Authorization",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "User-Agent",
    "WWW-Authenticate",
];
