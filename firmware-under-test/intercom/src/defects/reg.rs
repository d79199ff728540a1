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
    REGISTER_URI_WITH_USER: "register-uri-with-user",
        "puts its address of record, user part and all, into the Request-URI of REGISTER",
        ["RFC3261-10.2-6"];
    REGISTER_FROM_ANOTHER: "register-from-another",
        "registers its address of record from another address",
        ["RFC3261-10.2-a"];
    REGISTER_TO_TEL: "register-to-tel",
        "has a tel URI in the To of REGISTER",
        ["RFC3261-10.2-7"];
    REGISTER_WITHOUT_CALL_ID: "register-without-call-id",
        "sends REGISTER without a Call-ID",
        ["RFC3261-10.2-4"];
    REGISTER_LEARNS_ROUTE: "register-learns-route",
        "sends later REGISTERs along the Record-Route of a response",
        ["RFC3261-10.2-3"];
    REGISTER_IMPATIENT: "register-impatient",
        "sends another REGISTER when the first has no answer for four seconds",
        ["RFC3261-10.2-11"];
    REGISTER_RETRIED_AT_ONCE: "register-retried-at-once",
        "registers again as soon as a REGISTER has timed out",
        ["RFC3261-10.2.7-1"];
    RETRY_AFTER_IGNORED: "retry-after-ignored",
        "registers again before the Retry-After of a 503 is over",
        ["RFC3261-21.5.4-4"];
    CONTACT_WITH_ACTION: "contact-with-action",
        "puts an action parameter into the Contact of REGISTER",
        ["RFC3261-10.2-12"];
    UNREGISTER_STAR_EXPIRES: "unregister-star-expires",
        "removes its bindings by Contact * with an expiry of 60",
        ["RFC3261-10.2.2-2"];
    UNREGISTER_NEW_CALL_ID: "unregister-new-call-id",
        "removes its binding with a new Call-ID",
        ["RFC3261-10.2.4-3"];
    REFRESH_MOVES_CONTACT: "refresh-moves-contact",
        "refreshes another Contact than it has bound",
        ["RFC3261-10.2.4-c"];
    REFRESH_OF_ALL_BINDINGS: "refresh-of-all-bindings",
        "refreshes the bindings of other user agents too",
        ["RFC3261-10.2.4-1"];
    GRANT_OF_ANOTHER_CONTACT: "grant-of-another-contact",
        "takes the expiry granted to another's binding for that of its own",
        ["RFC3261-10.2.4-b"];
    EXPIRES_HEADER_IGNORED: "expires-header-ignored",
        "does not read the Expires header field of a 2xx to REGISTER",
        ["RFC3261-10.2.4-b"];
    REGISTER_WITH_TO_TAG: "register-with-to-tag",
        "registers with a tag in To",
        ["RFC3261-8.1.1.2-4"];
    REGISTER_FROM_UNTAGGED: "register-from-untagged",
        "registers without a tag in From",
        ["RFC3261-8.1.1.3-2"];
    REGISTER_CSEQ_METHOD: "register-cseq-method",
        "puts another method into the CSeq of REGISTER",
        ["RFC3261-8.1.1.5-1"];
    REGISTER_WITHOUT_PATH: "register-without-path",
        "does not say in REGISTER that it supports path",
        ["RFC3327-5.1-3"];
    SERVICE_ROUTE_REVERSED: "service-route-reversed",
        "takes the values of Service-Route in reverse order",
        ["RFC3608-6.1-4"];
    SERVICE_ROUTE_KEPT: "service-route-kept",
        "keeps its service route although its registration was refused",
        ["RFC3608-6.1-2"];
    REFRESH_ELSEWHERE: "refresh-elsewhere",
        "sends its refresh to port 5099 of the registrar",
        ["RFC3261-10.2.4-4"];
    REFUSED_REGISTER_REPEATED: "refused-register-repeated",
        "sends a REGISTER that was refused with 4xx again as it was",
        ["RFC3261-21.4-1"];
    REGISTER_NONCE_KEPT: "register-nonce-kept",
        "answers a new challenge with the nonce of the old one",
        ["RFC3261-22.2-3"];
    CHALLENGED_REGISTER_NEW_CALL_ID: "challenged-register-new-call-id",
        "sends a challenged REGISTER again with another Call-ID",
        ["RFC3261-8.1.3.5-6"];
    REGISTER_REDIRECT_IGNORED: "register-redirect-ignored",
        "gives up a REGISTER that is redirected",
        ["RFC3261-8.1.3.4-1"];
    REGISTER_REDIRECT_KEEPS_URI: "register-redirect-keeps-uri",
        "sends a redirected REGISTER to the contact with the old Request-URI",
        ["RFC3261-8.1.3.4-8"];
    PREFERENCE_LEFT_OUT: "preference-left-out",
        "registers without the preference that it was told",
        ["RFC3261-10.2.1.2-a"];
    DATE_IGNORED: "date-ignored",
        "does not set its clock by the Date of its registrar",
        ["RFC3261-10.2.5-1"];
    OTHER_EXPIRY_ASKED: "other-expiry-asked",
        "asks its registrar for twice the expiry that it was told",
        ["RFC3261-10.2.1.1-a"];
    CONFIGURED_REGISTRAR_IGNORED: "configured-registrar-ignored",
        "registers at the host of its address of record although it was told a registrar",
        ["RFC3261-10.2.6-a"];
    URI_HEADERS_NOT_COMPARED: "uri-headers-not-compared",
        "takes a URI with headers for its own without them",
        ["RFC3261-19.1.4-1"];
    CONTACT_OF_SIPS_AOR: "contact-of-sips-aor",
        "registers a sip URI as the contact of a sips address of record",
        ["RFC3261-10.2.1-3"];
    REGISTER_PARAMETER_UNQUOTED: "register-parameter-unquoted",
        "does not quote a parameter of the Contact of REGISTER that has special characters",
        ["RFC3261-25.1-2"];
}
