//! Whatever arrives, the user agent stands.

use super::network::{Network, config, request, response};
use crate::proto::policy::{DialogUse, Withhold};
use crate::proto::transport::Hop;
use crate::proto::user_agent::{Incoming, Output, RequestSpec, Switch, UserAgent};
use crate::time::Tick;
use crate::wire::sip::Message;
use proptest::prelude::*;
use std::time::Duration;

fn survive(datagrams: &[Vec<u8>]) {
    let mut agent = UserAgent::new(config("alice", "192.0.2.1", 3));
    let mut now = Tick::ZERO;
    for bytes in datagrams {
        agent.handle_datagram(now, "192.0.2.2:5060".parse().unwrap(), bytes);
        while let Some(output) = agent.poll_output() {
            if let Output::Incoming(Incoming::Request { id, .. }) = output {
                agent.answer_by_default(now, id);
            }
        }
        now = now + Duration::from_millis(300);
        agent.handle_timeout(now);
    }
    agent.hang_up(now);
}

proptest! {
    #[test]
    fn any_bytes(datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..4)) {
        survive(&datagrams);
    }

    /// Sound messages with a few bytes changed: these get further in.
    #[test]
    fn nearly_sound_messages(
        method in "INVITE|BYE|ACK|CANCEL|OPTIONS|REGISTER|NONSENSE",
        changes in proptest::collection::vec((0_usize..400, any::<u8>()), 0..6),
        repeated in 1_usize..4,
    ) {
        let text = format!(
            "{method} sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;rport;branch=z9hG4bKa\r\n\
             Max-Forwards: 70\r\nFrom: <sip:bob@192.0.2.2>;tag=1\r\nTo: <sip:alice@192.0.2.1>\r\n\
             Call-ID: c\r\nCSeq: 1 {method}\r\nContact: <sip:bob@192.0.2.2>\r\n\
             Content-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\n\
             c=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
        );
        let mut bytes = text.into_bytes();
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        survive(&vec![bytes; repeated]);
    }
}

/// What alice hears, and sends, within 40 s of a request of hers that a scenario has written.
fn written(request: &str, response: &str) -> (Vec<Incoming>, Vec<String>) {
    let mut agent = UserAgent::new(config("alice", "192.0.2.1", 3));
    let device: std::net::SocketAddr = "192.0.2.2:5060".parse().unwrap();
    agent.send_written(Tick::ZERO, Hop::udp(device), request.as_bytes().to_vec());
    agent.handle_datagram(Tick::ZERO + Duration::from_millis(900), device, response.as_bytes());
    agent.handle_timeout(Tick::ZERO + Duration::from_secs(40));
    let (mut heard, mut sent) = (Vec::new(), Vec::new());
    while let Some(output) = agent.poll_output() {
        match output {
            Output::Incoming(incoming) => heard.push(incoming),
            Output::Transmit { bytes, .. } => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                sent.push(text.lines().next().unwrap_or_default().to_owned());
            }
            Output::Connect { .. } | Output::Write { .. } => {}
        }
    }
    (heard, sent)
}

#[test]
fn what_a_scenario_has_written_is_sent_once_and_its_answer_is_told() {
    let fields = "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n\r\n";
    for via in ["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "SIP/2.0/UDP 192.0.2.1;;,;"] {
        let request = format!("INVITE sip:c@d SIP/2.0\r\nVia: {via}\r\n{fields}");
        let response = format!("SIP/2.0 400 Bad Request\r\nVia: {via}\r\n{fields}");
        let (heard, sent) = written(&request, &response);
        assert!(matches!(heard.first(), Some(Incoming::Response { status: 400, .. })), "{via}");
        assert_eq!(sent, ["INVITE sip:c@d SIP/2.0", "ACK sip:c@d SIP/2.0"], "{via}");
        let other =
            response.replace("Call-ID: one", "Call-ID: two").replace("=z9hG4bK1", "=z9hG4bK2");
        assert!(
            matches!(written(&request, &other).0.first(), Some(Incoming::Stray { .. })),
            "{via}"
        );
    }
}

fn alice_answers(datagram: &str) -> Option<u16> {
    let mut agent = UserAgent::new(config("alice", "192.0.2.1", 3));
    agent.handle_datagram(Tick::ZERO, "192.0.2.2:5060".parse().unwrap(), datagram.as_bytes());
    let Some(Output::Incoming(Incoming::Request { id, .. })) = agent.poll_output() else {
        return None;
    };
    agent.answer_by_default(Tick::ZERO, id);
    match agent.poll_output() {
        Some(Output::Transmit { bytes, .. }) => Message::read(&bytes).status(),
        other => panic!("{other:?}"),
    }
}

#[rstest::rstest]
#[case::unknown_method("NONSENSE sip:a@b SIP/2.0", "", "", Some(405))]
#[case::unknown_extension("OPTIONS sip:a@b SIP/2.0", "Require: nothing\r\n", "", Some(420))]
#[case::no_such_dialog("BYE sip:a@b SIP/2.0", "", ";tag=9", Some(481))]
#[case::no_such_invite("CANCEL sip:a@b SIP/2.0", "", "", Some(481))]
#[case::no_registrar("REGISTER sip:b SIP/2.0", "", "", Some(405))]
#[case::busy("INVITE sip:a@b SIP/2.0", "", "", Some(486))]
#[case::options("OPTIONS sip:a@b SIP/2.0", "", "", Some(200))]
#[case::odd_scheme("OPTIONS mailto:a@b SIP/2.0", "", "", Some(416))]
#[case::version("OPTIONS sip:a@b SIP/3.0", "", "", Some(505))]
#[case::truncated("OPTIONS sip:a@b SIP/2.0", "Content-Length: 10\r\n", "", Some(400))]
#[case::not_sip("hello", "", "", None)]
fn default_answers(
    #[case] start: &str,
    #[case] header: &str,
    #[case] tag: &str,
    #[case] status: Option<u16>,
) {
    let method = start.split(' ').next().unwrap();
    let text = format!(
        "{start}\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa\r\nFrom: <sip:bob@192.0.2.2>;tag=1\r\n\
         To: <sip:alice@192.0.2.1>{tag}\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n{header}\r\n"
    );
    assert_eq!(alice_answers(&text), status);
    if status.is_some() {
        let unreadable = text.replace("CSeq: 1", "CSeq: one");
        let expected = if status == Some(505) { 505 } else { 400 };
        assert_eq!(alice_answers(&unreadable), Some(expected));
    }
}

#[test]
fn an_author_s_mistake_is_refused_in_words() {
    let mut network = Network::new();
    let mut refused = |method: &str| {
        let spec = request(method);
        network.alice.request(Tick::ZERO, &spec).unwrap_err().to_string()
    };
    assert_eq!(refused("BYE"), "send BYE: there is no dialog to send it in");
    assert_eq!(
        refused("CANCEL"),
        "send CANCEL: there is no INVITE of ours without a final response"
    );
    assert_eq!(
        refused("ACK"),
        "send ACK: there is no final response to an INVITE of ours to acknowledge"
    );
    let error = network.bob.respond(Tick::ZERO, &response(200)).unwrap_err();
    assert_eq!(error.to_string(), "send a response: no request waits for one");
}

#[test]
fn an_unreachable_peer_fails_requests_at_once() {
    let mut network = Network::new();
    network.lost = vec![0];
    network.alice_sends("OPTIONS");
    network.alice.handle_unreachable(network.now, Hop::udp("192.0.2.9:5060".parse().unwrap()));
    assert!(!network.alice.is_idle());
    network.alice.handle_unreachable(network.now, Hop::udp("192.0.2.2:5060".parse().unwrap()));
    network.run(40_000);
    assert!(network.alice.is_idle());
    assert!(network.ladder.ends_with("0  alice: OPTIONS Transport\n"), "{}", network.ladder);
}

/// The first datagram that comes out for `spec`, in a call.
fn sent(spec: &RequestSpec) -> Message {
    let mut network = super::ladder::call();
    network.alice.request(network.now, spec).unwrap();
    match network.alice.poll_output() {
        Some(Output::Transmit { bytes, .. }) => Message::read(&bytes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_can_ignore_the_dialog_or_invent_one() {
    let usual = request("INFO");
    let inside = sent(&usual);
    let outside = sent(&RequestSpec { dialog: DialogUse::Outside, ..usual.clone() });
    let unknown = sent(&RequestSpec { dialog: DialogUse::Unknown, ..usual });
    let tag = |message: &Message| message.to().unwrap().tag().map(String::from);
    assert!(tag(&inside).is_some() && tag(&unknown).is_some());
    assert_eq!(tag(&outside), None);
    assert_ne!(tag(&inside), tag(&unknown));
    assert_ne!(inside.call_id(), outside.call_id());
    assert_ne!(inside.call_id(), unknown.call_id());
}

#[test]
fn edits_are_made_last_and_the_transaction_follows_what_was_sent() {
    let mut network = Network::new();
    let mut spec = request("OPTIONS");
    let via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKmine";
    spec.edits.set = vec![("Via".to_owned(), via.to_owned())];
    spec.edits.add = vec![("Require".to_owned(), "nothing".to_owned())];
    network.alice.request(network.now, &spec).unwrap();
    network.run(50);
    network.bob_answers_by_default();
    network.run(50);
    let response = network.last_message("alice");
    assert_eq!(response.status(), Some(420));
    assert_eq!(response.unsupported(), ["nothing"]);
    assert_eq!(response.top_via().unwrap().branch().unwrap(), "z9hG4bKmine");
}

#[test]
fn withheld_responses_are_those_that_no_step_sends() {
    let mut network = Network::new();
    network.bob.withhold(Withhold::Responses, Switch::On);
    network.alice_sends("INVITE");
    network.run(400);
    network.bob_answers_by_default();
    network.run(50);
    assert!(!network.ladder.contains("<-"), "{}", network.ladder);
    network.bob_answers(180);
    assert!(network.ladder.contains("180"), "{}", network.ladder);
}

/// Bob, in a call, receives `text` from alice and answers by default.
fn bob_answers_in_call(edit: impl Fn(&Message) -> String) -> Message {
    let mut network = super::ladder::call();
    let text = edit(network.last_message("bob"));
    let from = "192.0.2.1:5060".parse().unwrap();
    network.bob.handle_datagram(network.now, from, text.as_bytes());
    network.collect();
    network.bob_answers_by_default();
    network.run(20);
    let stray = network.seen.iter().rev().find_map(|(_, incoming)| match incoming {
        Incoming::Stray { message } => Some(message.as_ref().clone()),
        Incoming::Request { .. }
        | Incoming::Response { .. }
        | Incoming::TransactionFailed { .. } => None,
    });
    stray.unwrap()
}

/// The ACK that bob had, as an INFO with `cseq` more than its number.
fn info(ack: &Message, more: u32) -> String {
    let number = ack.cseq().unwrap().number;
    let text = String::from_utf8(ack.bytes().to_vec()).unwrap();
    text.replace("ACK sip:", "INFO sip:")
        .replace(&format!("{number} ACK"), &format!("{} INFO", number + more))
        .replace("z9hG4bK", "z9hG4bKx")
}

#[test]
fn a_sequence_number_that_does_not_rise_is_refused() {
    assert_eq!(bob_answers_in_call(|ack| info(ack, 1)).status(), Some(200));
    assert_eq!(bob_answers_in_call(|ack| info(ack, 0)).status(), Some(500));
}

#[test]
fn responses_that_make_a_dialog_carry_the_record_routes() {
    let mut network = Network::new();
    let mut spec = request("INVITE");
    let route = "<sip:192.0.2.1:5060;lr>, <sip:192.0.2.7;lr>";
    spec.edits.add = vec![("Record-Route".to_owned(), route.to_owned())];
    network.alice.request(network.now, &spec).unwrap();
    network.run(50);
    network.bob_answers(180);
    network.run(50);
    assert_eq!(
        network.last_message("alice").values("Record-Route"),
        ["<sip:192.0.2.1:5060;lr>", "<sip:192.0.2.7;lr>"]
    );
    network.bob_answers(486);
    network.run(50);
    assert_eq!(network.last_message("alice").header("Record-Route"), None);
}

/// How many transactions alice looks at from the first request of a flood to the last timer: of requests
/// that come, or of her own.
fn looks(flood: usize, own: bool) -> usize {
    let mut agent = UserAgent::new(config("alice", "192.0.2.1", 3));
    let device: std::net::SocketAddr = "192.0.2.2:5060".parse().unwrap();
    let mut now = Tick::ZERO;
    for number in 1..=flood {
        now = now + Duration::from_micros(100);
        if own {
            agent.request(now, &request("OPTIONS")).unwrap();
        } else {
            let text = format!(
                "OPTIONS sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK{number}\r\n\
                 From: <sip:bob@192.0.2.2>;tag=1\r\nTo: <sip:alice@192.0.2.1>\r\nCall-ID: c\r\n\
                 CSeq: {number} OPTIONS\r\n\r\n"
            );
            agent.handle_datagram(now, device, text.as_bytes());
        }
        while let Some(output) = agent.poll_output() {
            match output {
                Output::Incoming(Incoming::Request { id, .. }) => agent.answer_by_default(now, id),
                Output::Transmit { bytes, .. } if own => {
                    let sent = Message::read(&bytes);
                    let fields = ["Via", "From", "To", "Call-ID", "CSeq"];
                    let fields =
                        fields.map(|name| format!("{name}: {}\r\n", sent.header(name).unwrap()));
                    let text = format!("SIP/2.0 200 OK\r\n{}\r\n", fields.concat());
                    agent.handle_datagram(now, device, text.as_bytes());
                }
                Output::Incoming(_)
                | Output::Transmit { .. }
                | Output::Connect { .. }
                | Output::Write { .. } => {}
            }
        }
        agent.handle_timeout(now);
        assert!(agent.is_idle() && agent.poll_timeout().is_some());
    }
    agent.handle_timeout(now + Duration::from_secs(40));
    assert_eq!(agent.poll_timeout(), None);
    agent.clients.looks.get() + agent.servers.looks.get()
}

#[test]
fn a_flood_takes_as_long_a_message_as_a_trickle() {
    for own in [false, true] {
        let (few, many) = (looks(50, own), looks(5_000, own));
        assert!(many <= few * 100, "{few} looks for 50, {many} for 5,000");
        assert!(few <= 50 * 20, "{few}");
    }
}
