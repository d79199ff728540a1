//! Names of header fields: long, compact, and what is known of each.

use std::cmp::Ordering;

/// The long name that `name` stands for, in its usual spelling; `name` itself if it is not known.
pub fn long_name(name: &str) -> &str {
    if name.len() == 1 {
        let compact = COMPACT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
        return compact.map_or(name, |(_, long)| long);
    }
    [LISTS.as_slice(), &SINGLES, &REPEATABLE]
        .into_iter()
        .find_map(|table| find(table, name))
        .unwrap_or(name)
}

/// The entry of a table, which is in order, that `name` is in any case.
fn find(table: &[&'static str], name: &str) -> Option<&'static str> {
    let at = table.binary_search_by(|known| compare(known, name)).ok()?;
    table.get(at).copied()
}

/// The order of names without regard to case.
fn compare(one: &str, other: &str) -> Ordering {
    let one = one.bytes().map(|byte| byte.to_ascii_lowercase());
    one.cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The compact form of `name`, if it has one.
pub(in crate::wire) fn compact_name(name: &str) -> Option<&'static str> {
    COMPACT.iter().find(|(_, long)| long.eq_ignore_ascii_case(name)).map(|&(short, _)| short)
}

/// Whether the grammar of `name` is a comma-separated list.
pub(super) fn is_list(name: &str) -> bool {
    find(&LISTS, name).is_some()
}

/// Whether `name` may appear once only.
pub(super) fn is_single(name: &str) -> bool {
    find(&SINGLES, name).is_some()
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

/// Fields whose value is a comma-separated list, in order.
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

/// Fields that may appear once only, in order.
const SINGLES: [&str; 35] = [
    "Call-ID",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Event",
    "Expires",
    "From",
    "Identity",
    "Identity-Info",
    "Info-Package",
    "Join",
    "Max-Forwards",
    "MIME-Version",
    "Min-Expires",
    "Min-SE",
    "Organization",
    "Priority",
    "Privacy",
    "RAck",
    "Refer-To",
    "Referred-By",
    "Replaces",
    "Reply-To",
    "Retry-After",
    "RSeq",
    "Server",
    "Session-Expires",
    "SIP-ETag",
    "SIP-If-Match",
    "Subject",
    "Subscription-State",
    "Timestamp",
    "To",
];

/// Fields, in order, that may appear more than once and whose values are not split at commas.
const REPEATABLE: [&str; 6] = [
    "Authentication-Info",
    "Authorization",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "User-Agent",
    "WWW-Authenticate",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case() {
        for table in [LISTS.as_slice(), &SINGLES, &REPEATABLE] {
            assert!(table.is_sorted_by(|one, other| compare(one, other).is_lt()));
            for name in table {
                assert_eq!(long_name(&name.to_ascii_uppercase()), *name);
                assert_eq!(long_name(&name.to_ascii_lowercase()), *name);
            }
        }
        assert_eq!(["X-Door", "q", "I", ""].map(long_name), ["X-Door", "q", "Call-ID", ""]);
    }
}
