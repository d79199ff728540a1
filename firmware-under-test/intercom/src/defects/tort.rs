//! Torture messages.

use super::Defect;

defects! {
    3;
    FOLDED_LINES_REFUSED: "folded-lines-refused",
        "refuses a request with folded header lines",
        ["RFC4475-3.1.1.1-a"];
    METHOD_OF_LETTERS_ONLY: "method-of-letters-only",
        "takes a method with other characters than letters for malformed",
        ["RFC4475-3.1.1.2-a"];
    ESCAPES_REFUSED: "escapes-refused",
        "takes a URI with escaped characters for malformed",
        ["RFC4475-3.1.1.3-a"];
    ESCAPED_NUL_CRASH: "escaped-nul-crash",
        "crashes on an escaped NUL in an address",
        ["RFC4475-3.1.1.4-a"];
    METHOD_UNESCAPED: "method-unescaped",
        "takes % in a method for an escape",
        ["RFC4475-3.1.1.5-a"];
    DISPLAY_NAME_NEEDS_SPACE: "display-name-needs-space",
        "takes an address without a space before its bracket for malformed",
        ["RFC4475-3.1.1.6-a"];
    LONG_FIELD_CRASH: "long-field-crash",
        "crashes on a header line of more than 400 octets",
        ["RFC4475-3.1.1.7-a"];
    TRAILING_OCTETS_SERVED: "trailing-octets-served",
        "serves the octets after the end of a message as another message",
        ["RFC4475-3.1.1.8-a"];
    USER_CUT_AT_SEMICOLON: "user-cut-at-semicolon",
        "takes a semicolon in the user part of a URI for its end",
        ["RFC4475-3.1.1.9-a"];
    UNKNOWN_TRANSPORT_REFUSED: "unknown-transport-refused",
        "takes a Via with a transport that it does not know for malformed",
        ["RFC4475-3.1.1.10-a"];
    BINARY_BODY_CRASH: "binary-body-crash",
        "crashes on a body with NUL octets",
        ["RFC4475-3.1.1.11-a"];
    REASON_MUST_BE_ASCII: "reason-must-be-ascii",
        "ignores responses whose reason phrase has other characters than ASCII",
        ["RFC4475-3.1.1.12-a", "RFC3261-7.2-a"];
    REASON_REQUIRED: "reason-required",
        "ignores responses without a reason phrase",
        ["RFC4475-3.1.1.13-a", "RFC3261-7.2-a"];
    EXTRA_SEPARATORS_SERVED: "extra-separators-served",
        "serves a request whose Via list has empty members",
        ["RFC4475-3.1.2.1-a"];
    SHORT_BODY_SERVED: "short-body-served",
        "serves a request whose body is shorter than its Content-Length",
        ["RFC4475-3.1.2.2-a", "RFC3261-18.3-2", "RFC3261-18.3-3"];
    NEGATIVE_LENGTH_CRASH: "negative-length-crash",
        "crashes on a Content-Length that is not a number of octets",
        ["RFC4475-3.1.2.3-a"];
    NUMBERS_WRAP: "numbers-wrap",
        "reads numbers that are too large modulo 32 bits",
        ["RFC4475-3.1.2.4-a", "RFC4475-3.1.2.5-a"];
    BAD_ADDRESS_CRASH: "bad-address-crash",
        "crashes on a From or To that breaks the grammar",
        ["RFC4475-3.1.2.6-a", "DEV-ALIVE"];
    START_LINE_CRASH: "start-line-crash",
        "crashes on blanks or brackets in the request line",
        ["RFC4475-3.1.2.8-a", "DEV-ALIVE"];
    URI_HEADERS_CRASH: "uri-headers-crash",
        "crashes on a URI that carries header fields",
        ["DEV-ALIVE"];
    DATE_CRASH: "date-crash",
        "crashes on a Date in another time zone than GMT",
        ["DEV-ALIVE"];
    VERSION_IGNORED: "version-ignored",
        "serves requests of any version of SIP",
        ["RFC4475-3.1.2.16-a"];
    METHOD_OF_THE_CSEQ: "method-of-the-cseq",
        "takes the method from the CSeq instead of the request line",
        ["RFC4475-3.1.2.17-a", "RFC4475-3.1.2.18-a"];
    STATUS_OF_LAST_DIGITS: "status-of-last-digits",
        "reads the last three digits of a status code that is longer",
        ["RFC4475-3.1.2.19-a"];
    EMPTY_BRANCH_CRASH: "empty-branch-crash",
        "crashes on a branch that is the magic cookie alone",
        ["DEV-ALIVE"];
    SCHEME_OF_TO: "scheme-of-to",
        "looks into To instead of the Request-URI where that is of an unknown scheme",
        ["RFC4475-3.3.2-a", "RFC4475-3.3.3-a"];
    SCHEME_IN_HEADER_CRASH: "scheme-in-header-crash",
        "crashes on a To of an unknown scheme",
        ["DEV-ALIVE"];
    UNSUPPORTED_FIRST_ONLY: "unsupported-first-only",
        "names only the first of several unknown extensions in Unsupported",
        ["RFC4475-3.3.5-a"];
    CONTENT_TYPE_IGNORED: "content-type-ignored",
        "serves a body of any type",
        ["RFC4475-3.3.6-a", "RFC3261-8.2.3-1"];
    AUTHORIZATION_CRASH: "authorization-crash",
        "crashes on credentials of an unknown scheme",
        ["RFC4475-3.3.7-a"];
    FIRST_OF_MANY_TAKEN: "first-of-many-taken",
        "takes the first of header fields that may stand only once",
        ["RFC4475-3.3.8-a"];
    LENGTHS_THAT_DIFFER_SERVED: "lengths-that-differ-served",
        "serves a request with Content-Length fields that differ",
        ["RFC4475-3.3.9-a"];
    STRAY_2XX_ACKNOWLEDGED: "stray-2xx-acknowledged",
        "acknowledges a 2xx to no INVITE of its own",
        ["RFC4475-3.3.10-a"];
    MAX_FORWARDS_ZERO_REFUSED: "max-forwards-zero-refused",
        "answers Max-Forwards of 0 with 483",
        ["RFC4475-3.3.11-a", "RFC3261-20.22-a"];
    CONTACT_PARAMETER_CRASH: "contact-parameter-crash",
        "crashes on a Contact with a parameter without a value",
        ["DEV-ALIVE"];
    ACCEPT_IGNORED: "accept-ignored",
        "answers with SDP whatever the caller accepts",
        ["RFC4475-3.3.15-a"];
    NO_BRANCH_CRASH: "no-branch-crash",
        "crashes on a Via without a branch",
        ["DEV-ALIVE"];
    IPV6_URI_REFUSED: "ipv6-uri-refused",
        "takes an IPv6 reference in a Request-URI for malformed",
        ["RFC5118-4.1-a", "RFC5118-4.3-a", "RFC5118-4.4-a", "RFC5118-4.10-b"];
    BARE_IPV6_SERVED: "bare-ipv6-served",
        "serves a Request-URI with an IPv6 address without brackets",
        ["RFC5118-4.2-a"];
    BRACKETED_RECEIVED_REFUSED: "bracketed-received-refused",
        "takes a Via with received in brackets for malformed",
        ["RFC5118-4.5-a"];
    BARE_RECEIVED_REFUSED: "bare-received-refused",
        "takes a Via with an IPv6 address in received for malformed",
        ["RFC5118-4.5-b"];
    IPV6_IN_SDP_CRASH: "ipv6-in-sdp-crash",
        "crashes on an IPv6 address in a session description",
        ["RFC5118-4.6-a", "RFC5118-4.8-a"];
    IPV6_VIA_REFUSED: "ipv6-via-refused",
        "takes an IPv6 reference in a Via for malformed",
        ["RFC5118-4.7-a", "RFC5118-4.9-a"];
    THREE_COLONS_CRASH: "three-colons-crash",
        "crashes on three colons in a row in an address",
        ["DEV-ALIVE"];
}
