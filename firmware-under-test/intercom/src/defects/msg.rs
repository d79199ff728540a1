//! Messages and what a server checks in any request.

use super::Defect;

defects! {
    2;
    BRANCH_WITHOUT_COOKIE: "branch-without-cookie",
        "makes branches that do not begin with z9hG4bK",
        ["RFC3261-8.1.1.7-5"];
    SAME_BRANCH_FOR_ALL: "same-branch-for-all",
        "uses one branch for all its requests",
        ["RFC3261-8.1.1.7-4", "RFC3261-8.1.3.4-12"];
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
        ["RFC3261-8.1.1.6-1", "RFC3261-8.1.1-1"];
    FROM_TAG_DROPPED: "from-tag-dropped",
        "answers without the tag of the From",
        ["RFC3261-8.2.6.2-1"];
    CALL_ID_IN_SMALL_LETTERS: "call-id-in-small-letters",
        "answers with the Call-ID in small letters",
        ["RFC3261-8.2.6.2-2"];
    CSEQ_NUMBER_CHANGED: "cseq-number-changed",
        "answers OPTIONS with the next CSeq number",
        ["RFC3261-8.2.6.2-3"];
    TO_REPLACED: "to-replaced",
        "answers OPTIONS with its own address in To",
        ["RFC3261-8.2.6.2-6"];
    TO_TAG_REPLACED: "to-tag-replaced",
        "answers with a To tag of its own where the request has one",
        ["RFC3261-8.2.6.2-5"];
    TIMESTAMP_DROPPED: "timestamp-dropped",
        "sends 100 without the Timestamp of the request",
        ["RFC3261-8.2.6.1-3"];
    FIRST_ROW_ONLY: "first-row-only",
        "reads only the first row of a Require that has several",
        ["RFC3261-7.3.1-5"];
    UNKNOWN_FIELD_REFUSED: "unknown-field-refused",
        "refuses a request with a header field that begins with X-",
        ["RFC3261-8.2.2-1"];
    NO_ACCEPT_IN_415: "415-without-accept",
        "sends 415 for a type without Accept",
        ["RFC3261-8.2.3-2"];
    CONTENT_ENCODING_IGNORED: "content-encoding-ignored",
        "serves a body of any coding",
        ["RFC3261-8.2.3-1"];
    NO_ACCEPT_ENCODING_IN_415: "415-without-accept-encoding",
        "sends 415 for a coding without Accept-Encoding",
        ["RFC3261-8.2.3-3"];
    TEL_TO_REFUSED: "tel-to-refused",
        "refuses a request whose To is a tel URI",
        ["RFC3261-8.2.2.1-2"];
    URI_PARAMETER_REFUSED: "uri-parameter-refused",
        "takes a URI with a parameter that it does not know for malformed",
        ["RFC3261-19.1.1-12"];
    INVITE_WITH_TO_TAG: "invite-with-to-tag",
        "sends its first INVITE with a To tag",
        ["RFC3261-8.1.1.2-4"];
    INVITE_WITHOUT_CONTACT: "invite-without-contact",
        "sends INVITE without Contact",
        ["RFC3261-8.1.1.8-1"];
    CAPITAL_NAMES_REFUSED: "capital-names-refused",
        "takes names of header fields in capitals for malformed",
        ["RFC3261-7.3.1-c"];
    BLANK_BEFORE_COLON_REFUSED: "blank-before-colon-refused",
        "takes a blank between the name of a header field and its colon for malformed",
        ["RFC3261-7.3.1-a"];
    FOLDS_REFUSED: "folds-refused",
        "takes a header field that is folded for malformed",
        ["RFC3261-7.3.1-b"];
    VERSION_CASE_MATTERS: "version-case-matters",
        "takes a version in small letters for malformed",
        ["RFC3261-7.1-5"];
    VIA_LIST_REFUSED: "via-list-refused",
        "takes several values of Via in one row for malformed",
        ["RFC3261-7.3.1-5"];
    ROUTE_ROWS_REFUSED: "route-rows-refused",
        "takes several rows of Record-Route in a response for malformed",
        ["RFC3261-7.3.1-5"];
    TYPE_CASE_MATTERS: "type-case-matters",
        "does not know a media type in capitals",
        ["RFC3261-7.3.1-d"];
    TAG_CASE_MATTERS: "tag-case-matters",
        "adds a tag to a To that has a TAG",
        ["RFC3261-7.3.1-d"];
    HANDLING_CASE_MATTERS: "handling-case-matters",
        "takes HANDLING=OPTIONAL for handling that is required",
        ["RFC3261-7.3.1-d"];
    BACKSLASHES_DROPPED: "backslashes-dropped",
        "answers OPTIONS with the display name of From without its backslashes",
        ["RFC3261-8.2.6.2-1"];
    QUOTED_NAME_CUT: "quoted-name-cut",
        "takes a To whose display name has commas, brackets or semicolons for malformed",
        ["RFC3261-8.2.6.2-6"];
    BARE_TO_TAG_LOST: "bare-to-tag-lost",
        "adds a tag to a To without brackets that has one",
        ["RFC3261-20-a"];
    UNNEEDED_FIELD_REFUSED: "unneeded-field-refused",
        "takes a request for malformed for a header field that it does not need",
        ["RFC3261-8.2.2-2"];
    LENGTH_REQUIRED: "length-required",
        "takes a request in a datagram without Content-Length for malformed",
        ["RFC3261-20-2"];
    TRAILING_OCTETS_REFUSED: "trailing-octets-refused",
        "takes a datagram that is longer than its message for malformed",
        ["RFC3261-18.3-1"];
    CALL_ID_CUT: "call-id-cut",
        "answers with the first 64 characters of the Call-ID",
        ["RFC3261-8.2.6.2-2"];
    CALL_ID_MUST_BE_TOKEN: "call-id-must-be-token",
        "takes a Call-ID with brackets, quotes or slashes for malformed",
        ["RFC3261-8.2.6.2-2"];
    FROM_TAG_CUT: "from-tag-cut",
        "answers with the From tag up to its first apostrophe",
        ["RFC3261-8.2.6.2-1"];
    CSEQ_IN_16_BITS: "cseq-in-16-bits",
        "takes a CSeq number of more than 16 bits for malformed",
        ["RFC3261-8.2.6.2-3"];
    LARGE_MESSAGES_LOST: "large-messages-lost",
        "loses messages whose header has more than 4,000 octets",
        ["RFC3261-18.1.1-3"];
    EMPTY_SUPPORTED_REFUSED: "empty-supported-refused",
        "takes an empty Supported for malformed",
        ["RFC3261-20.37-b"];
    RESPONSE_FIELD_REFUSED: "response-field-refused",
        "refuses a request with a header field that only responses have",
        ["RFC3261-20-8"];
    REQUEST_FIELD_OBEYED: "request-field-obeyed",
        "drops a response whose Max-Forwards is 0",
        ["RFC3261-20-9"];
    RESPONSE_FIELD_IN_INVITE: "response-field-in-invite",
        "sends INVITE with Unsupported",
        ["RFC3261-20-7"];
    REQUEST_FIELD_IN_RESPONSE: "request-field-in-response",
        "answers OPTIONS with Max-Forwards",
        ["RFC3261-20-9"];
    REFUSED_METHOD_ALLOWED: "refused-method-allowed",
        "lists REFER in the Allow of a 405, and refuses it with 405",
        ["RFC3261-8.2.1-4"];
    ALLOW_OF_CALLS_ONLY: "405-allow-of-calls-only",
        "lists in the Allow of a 405 only what begins and ends calls",
        ["RFC3261-8.2.1-4"];
    UNSUPPORTED_TOO_MANY: "unsupported-too-many",
        "adds an option to Unsupported that nobody required",
        ["RFC3261-8.2.2.3-2"];
    PROXY_REQUIRE_MINDED: "proxy-require-minded",
        "refuses a request for its Proxy-Require",
        ["RFC3261-20.29-a"];
    NO_ACCEPT_LANGUAGE_IN_415: "415-without-accept-language",
        "sends 415 for a language without Accept-Language",
        ["RFC3261-8.2.3-4"];
    EXTENSION_REQUIRED_UNNAMED: "421-without-require",
        "sends 421 without Require to an INVITE whose Supported is empty",
        ["RFC3261-8.2.4-4", "RFC3261-21.4.16-1"];
    RSEQ_WITHOUT_REQUIRE: "rseq-without-require",
        "sends 180 with RSeq and without Require",
        ["RFC3261-8.2.4-6"];
    DELAY_IN_MILLISECONDS: "delay-in-milliseconds",
        "adds the delay of its 100 to the Timestamp in milliseconds",
        ["RFC3261-8.2.6.1-5"];
    DATE_NOT_IN_GMT: "date-not-in-gmt",
        "answers OPTIONS with a Date in its own time zone",
        ["RFC3261-20.17-a"];
    WARNING_UNQUOTED: "warning-unquoted",
        "sends Warning without quotes around its text",
        ["RFC3261-20.43-a"];
    WARNING_OBEYED: "warning-obeyed",
        "gives a call up for the Warning of its 180",
        ["RFC3261-20.43-1"];
    CONTACT_WITHOUT_BRACKETS: "contact-without-brackets",
        "sends INVITE over TCP with a Contact without brackets",
        ["RFC3261-20.10-1"];
    FROM_WITHOUT_BRACKETS: "from-without-brackets",
        "sends REGISTER with a From and To without brackets",
        ["RFC3261-20.20-2", "RFC3261-20-11"];
    REPLY_TO_WITHOUT_BRACKETS: "reply-to-without-brackets",
        "sends INVITE with a Reply-To without brackets",
        ["RFC3261-20.31-3"];
    FROM_TAG_TWICE: "from-tag-twice",
        "sends INVITE with two tags in From",
        ["RFC3261-7.3.1-6"];
    CONTACT_PARAMETER_TWICE: "contact-parameter-twice",
        "sends INVITE with a URI in Contact that has a parameter twice",
        ["RFC3261-19.1.1-7"];
    CONTACT_USER_EMPTY: "contact-user-empty",
        "sends INVITE with a URI in Contact that has nothing before its @",
        ["RFC3261-19.1.1-2"];
    CONTACT_PARAMETER_UNQUOTED: "contact-parameter-unquoted",
        "sends INVITE with a parameter of Contact that lacks its quotes",
        ["RFC3261-25.1-2"];
    CHUNKED_BODY: "chunked-body",
        "sends INVITE with Transfer-Encoding",
        ["RFC3261-7.4.2-1"];
    PLAIN_BODY_CALLED_ENCODED: "plain-body-called-encoded",
        "sends INVITE with a Content-Encoding that its body does not have",
        ["RFC3261-7.4.1-2"];
    PRIVATE_OPTION_SUPPORTED: "private-option-supported",
        "sends INVITE with an option in Supported that nobody registered",
        ["RFC3261-20.37-1", "RFC3261-8.1.1.9-2"];
    PRIVATE_OPTION_REQUIRED: "private-option-required",
        "sends INVITE with an option in Require that nobody registered",
        ["RFC3261-20.32-3", "RFC3261-8.1.1.9-5"];
    INVITE_WITHOUT_VIA: "invite-without-via",
        "sends INVITE without Via",
        ["RFC3261-8.1.1.7-1"];
    INVITE_WITHOUT_BRANCH: "invite-without-branch",
        "sends INVITE with a Via without branch",
        ["RFC3261-8.1.1.7-3"];
    FAILURE_ACK_REQUIRES: "failure-ack-requires",
        "sends the ACK of a failure with Require",
        ["RFC3261-8.2.2.3-3"];
    ACK_REQUIRES: "ack-requires",
        "sends the ACK of a 2xx with a Require that the INVITE did not have",
        ["RFC3261-8.2.2.3-5"];
    SILENT_WITHOUT_ALLOW: "silent-without-allow",
        "sends no BYE to who sent no Allow",
        ["RFC3261-20.5-2"];
    TIMEOUT_IGNORED: "timeout-ignored",
        "goes on calling when nothing answers its INVITE",
        ["RFC3261-8.1.3.1-1"];
    BROKEN_CONNECTION_IGNORED: "broken-connection-ignored",
        "goes on calling when its INVITE cannot be sent",
        ["RFC3261-8.1.3.1-2"];
    UNAVAILABLE_RETRIED: "unavailable-retried",
        "calls again at once after a 503 without Retry-After",
        ["RFC3261-21.5.4-2"];
    REDIRECTION_CACHED: "redirection-cached",
        "calls the contact of an earlier 302 in place of who is dialled",
        ["RFC3261-21.3.3-3"];
    PROXY_REFUSAL_RETRIED: "305-retried-at-the-same",
        "calls again after a 305 without going through the proxy",
        ["RFC3261-21.3.4-1"];
    CREDENTIALS_IN_ONE_ROW: "credentials-in-one-row",
        "sends credentials for several realms in one header field",
        ["RFC3261-7.3.1-4", "RFC3261-20.7-1", "RFC3261-20.28-1"];
    URI_PARAMETERS_DROPPED: "uri-parameters-dropped",
        "sends INVITE to the dialled URI without its parameters",
        ["RFC3261-19.1.5-1", "RFC3261-19.1.5-4"];
    METHOD_PARAMETER_SENT: "method-parameter-sent",
        "sends INVITE with the method parameter of the dialled URI in its Request-URI",
        ["RFC3261-19.1.5-3"];
    METHOD_PARAMETER_IGNORED: "method-parameter-ignored",
        "sends INVITE to a URI that names another method",
        ["RFC3261-19.1.5-2"];
    URI_HEADERS_COPIED: "uri-headers-copied",
        "copies the header fields of a URI into its INVITE unseen",
        ["RFC3261-19.1.5-10", "RFC3261-19.1.5-12"];
    URI_UNESCAPED: "uri-unescaped",
        "sends INVITE to the dialled URI without its escapes",
        ["RFC3261-19.1.2-1", "RFC3261-19.1.2-2", "RFC3261-19.1.2-3"];
    LINES_END_IN_LF: "lines-end-in-lf",
        "ends the lines of its 200 to OPTIONS in LF alone",
        ["RFC3261-7-1"];
    NO_EMPTY_LINE: "no-empty-line",
        "sends its 200 to BYE without the empty line",
        ["RFC3261-7-2"];
    VERSION_IN_SMALL_LETTERS: "version-in-small-letters",
        "answers OPTIONS with the version in small letters",
        ["RFC3261-7.1-5"];
    VERSION_OF_ITS_OWN: "version-of-its-own",
        "sends INVITE with the version SIP/2.1",
        ["RFC3261-7.1-4"];
    LENGTH_OF_NOTHING: "length-of-nothing",
        "sends its 200 to BYE with the Content-Length of a body that is not there",
        ["RFC3261-20.14-3"];
    NUMBER_ESCAPED: "number-escaped",
        "escapes the plus and the semicolons of a tel URI that it calls",
        ["RFC3966-3-1"];
    NUMBER_CUT: "number-cut",
        "cuts a telephone number after 15 digits and adds zeros to fewer than 3",
        ["RFC3966-5.1-3"];
    NUMBER_WITH_BLANKS: "number-with-blanks",
        "writes blanks for the hyphens of a telephone number",
        ["RFC3966-5.1.1-2"];
    NUMBER_WITHOUT_CONTEXT: "number-without-context",
        "drops the phone-context of a local number",
        ["RFC3966-5.1.5-3"];
    NUMBER_PARAMETER_TWICE: "number-parameter-twice",
        "adds its own phone-context to that of a local number",
        ["RFC3966-3-3"];
    MANDATORY_PARAMETER_IGNORED: "mandatory-parameter-ignored",
        "calls a telephone number with a mandatory parameter that it does not know",
        ["RFC3966-5.4-1"];
    SMALL_SCHEME_ONLY: "small-scheme-only",
        "knows the scheme of a SIP URI in small letters only",
        ["RFC3261-8.1.1.2-2"];
    DISALLOWED_COMPONENT_REFUSED: "disallowed-component-refused",
        "takes a URI with a component that has no place there for malformed",
        ["RFC3261-19.1.1-13"];
    BAD_REQUEST_UNEXPLAINED: "400-unexplained",
        "sends 400 with the reason phrase Bad Request and nothing else",
        ["RFC3261-21.4.1-1"];
    ANYBODY_SERVED: "anybody-served",
        "takes requests for users that it was told not to",
        ["RFC3261-8.2.2.1-5"];
    ESCAPED_HOST_UNESCAPED: "escaped-host-unescaped",
        "undoes escapes in the host of a URI",
        ["RFC3261-19.1.2-6"];
    VERSION_ECHOED: "version-echoed",
        "answers with the version of the request",
        ["RFC3261-7.1-4"];
}
