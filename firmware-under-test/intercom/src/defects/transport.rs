//! What carries messages: UDP, TCP, TLS.

use super::Defect;

defects! {
    12;
    STREAM_READ_IS_MESSAGE: "stream-read-is-message",
        "takes whatever one read of a stream gives for one message, whatever Content-Length says",
        ["RFC3261-18.3-4"];
    STREAM_SPLIT_LOST: "stream-split-lost",
        "forgets the beginning of a message that does not come in one read of a stream",
        ["RFC3261-18.3-4"];
}
