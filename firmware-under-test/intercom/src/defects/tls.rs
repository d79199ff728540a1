//! TLS: whom the device trusts, and what goes that way.

use super::Defect;

defects! {
    20;
    CERTIFICATES_IGNORED: "certificates-ignored",
        "speaks to whoever shows a certificate, whatever it is",
        ["RFC3261-26.3.2.1-4", "RFC3261-26.2.2-2", "RFC3261-26.3.1-5"];
    SELF_SIGNED_TRUSTED: "self-signed-trusted",
        "takes a certificate that is signed by itself",
        ["RFC3261-26.3.2.1-4"];
    ANY_AUTHORITY_TRUSTED: "any-authority-trusted",
        "takes a certificate of an authority that it does not hold",
        ["RFC3261-26.3.2.1-4"];
    EXPIRED_TRUSTED: "expired-trusted",
        "takes a certificate that is not good any more",
        ["RFC3261-26.3.2.1-4"];
    NOT_YET_VALID_TRUSTED: "not-yet-valid-trusted",
        "takes a certificate that is not good yet",
        ["RFC3261-26.3.2.1-4"];
    NAMES_NOT_COMPARED: "names-not-compared",
        "takes a certificate of somebody else",
        ["RFC3261-26.3.2.1-4"];
    COMMON_NAME_TRUSTED: "common-name-trusted",
        "takes the common name of a certificate without other names for its name",
        ["RFC3261-26.3.2.1-4"];
    WILDCARD_TRUSTED: "wildcard-trusted",
        "takes a certificate of *.DOMAIN for one of each host of the domain",
        ["RFC3261-26.3.2.1-4"];
    CLIENT_CERTIFICATE_FORGOTTEN: "client-certificate-forgotten",
        "serves a client without a certificate although it was told to want one",
        ["RFC3261-26.2.2-1"];
    CLIENTS_REFUSED: "clients-refused",
        "refuses clients whose certificate is good",
        ["RFC3261-26.2.2-1", "RFC3261-26.3.1-6"];
    DOMAIN_NOT_RECOGNISED: "domain-not-recognised",
        "does not take a certificate of its domain for one of its registrar",
        ["RFC3261-26.3.2.1-3"];
    SIPS_OVER_TCP: "sips-over-tcp",
        "sends what is for a sips URI over TCP without TLS",
        ["RFC3261-26.2.2-a"];
    SIPS_REFUSED: "sips-refused",
        "refuses requests for sips URIs",
        ["RFC3261-26.3.1-6"];
    REGISTRAR_HUNG_UP_ON: "registrar-hung-up-on",
        "closes the stream to its registrar after each answer",
        ["RFC3261-26.3.2.1-10", "RFC3261-26.3.2.2-2"];
    STREAM_NOT_REUSED: "stream-not-reused",
        "opens another stream for each request",
        ["RFC3261-26.3.2.1-10", "RFC3261-26.3.2.2-2"];
}
