//! Transports: where responses go, what a message is on a stream, and what goes over which.

use super::Defect;

defects! {
    18;
    RECEIVED_FOR_NAMES_ONLY: "received-for-names-only",
        "says from where a request came only if its Via has a name instead of an address",
        ["RFC3261-18.2.1-5"];
    LARGE_OVER_UDP: "large-over-udp",
        "sends a request of more than 1300 bytes as a datagram",
        ["RFC3261-18.1.1-1", "RFC3261-18.1.1-2"];
    LARGE_VIA_KEPT: "large-via-kept",
        "sends a request over TCP for its size and says UDP in its Via",
        ["RFC3261-18.1.1-2"];
    ANSWERS_TO_SENT_BY: "answers-to-sent-by",
        "answers a request that came on a stream on another one, to the address in its Via",
        ["RFC3261-18.2.2-2"];
    BLANK_LINES_REFUSED: "blank-lines-refused",
        "closes a stream on which an empty line comes before a message",
        ["RFC3261-7.5-1"];
    SEGMENT_IS_MESSAGE: "segment-is-message",
        "takes each segment of a stream for a whole message",
        ["RFC3261-18.3-4"];
    FIRST_OF_SEGMENT_ONLY: "first-of-segment-only",
        "forgets what follows the first message in a segment of a stream",
        ["RFC3261-18.3-4"];
    NO_LENGTH_ON_STREAMS: "no-length-on-streams",
        "sends no Content-Length on a stream",
        ["RFC3261-18.3-4", "RFC3261-20.14-2"];
    REFUSED_CONNECTION_IGNORED: "refused-connection-ignored",
        "goes on calling when its connection is refused",
        ["RFC3261-18.4-3"];
    DEAF_ON_OWN_STREAMS: "deaf-on-own-streams",
        "does not read what comes back on a stream that it has opened",
        ["RFC3261-18.1.1-8"];
}
