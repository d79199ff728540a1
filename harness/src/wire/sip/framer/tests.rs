use super::*;
use crate::wire::sip::Message;
use proptest::prelude::*;

const INVITE: &str = "INVITE sip:door@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n\
                      Content-Length: 5\r\n\r\nv=0\r\n";
const OPTIONS: &str = "OPTIONS sip:door@192.0.2.1 SIP/2.0\r\nl: 0\r\n\r\n";
const BARE: &str = "SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n";

fn frames(chunks: &[&[u8]]) -> Vec<(FrameKind, String)> {
    let mut framer = Framer::default();
    let mut found = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        while let Some(frame) = framer.poll() {
            found.push((frame.kind, String::from_utf8_lossy(&frame.bytes).into_owned()));
        }
    }
    found
}

fn message(text: &str) -> (FrameKind, String) {
    (FrameKind::Message, text.to_owned())
}

#[test]
fn messages_end_where_their_length_says_and_without_one_with_their_header() {
    let stream = format!("{INVITE}{OPTIONS}{BARE}{INVITE}");
    let expected = [INVITE, OPTIONS, BARE, INVITE].map(message);
    assert_eq!(frames(&[stream.as_bytes()]), expected);
}

#[test]
fn line_ends_between_messages_are_keep_alives() {
    let stream = format!("\r\n\r\n{OPTIONS}\r\n{OPTIONS}\r\n\r\n\r\n\r\n\r\n");
    let line_ends = |kind, text: &str| (kind, text.to_owned());
    let expected = [
        line_ends(FrameKind::Ping, "\r\n\r\n"),
        message(OPTIONS),
        line_ends(FrameKind::LineEnd, "\r\n"),
        message(OPTIONS),
        line_ends(FrameKind::Ping, "\r\n\r\n"),
        line_ends(FrameKind::Ping, "\r\n\r\n"),
    ];
    assert_eq!(frames(&[stream.as_bytes()]), expected);
}

#[test]
fn after_a_body_without_length_the_next_message_is_found_again() {
    let body = "v=0\r\ns=-\r\n\r\nt=0 0\r\n";
    let stream = format!("{BARE}{body}{OPTIONS}");
    let garbage = (FrameKind::Garbage, body.to_owned());
    assert_eq!(frames(&[stream.as_bytes()]), [message(BARE), garbage, message(OPTIONS)]);
}

#[test]
fn a_length_that_no_body_has_does_not_swallow_the_stream() {
    let lie = "BYE sip:a@b SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n";
    let stream = format!("{lie}{OPTIONS}");
    assert_eq!(frames(&[stream.as_bytes()]), [lie, OPTIONS].map(message));
}

#[test]
fn a_stream_without_end_of_line_does_not_fill_the_memory() {
    let mut framer = Framer::default();
    let mut count = 0;
    for _ in 0..100 {
        framer.push(&[b'x'; 16 * 1024]);
        while framer.poll().is_some() {
            count += 1;
        }
        assert!(framer.rest().len() <= LONGEST_HEADER);
    }
    assert!(count > 0);
}

#[test]
fn in_each_piece_at_most_one_frame_ends() {
    let mut framer = Framer::default();
    let stream = format!("{INVITE}{OPTIONS}{}", &INVITE[..20]);
    let pieces: Vec<_> = framer.cut(stream.as_bytes());
    assert_eq!(pieces, [INVITE.as_bytes(), OPTIONS.as_bytes(), &INVITE.as_bytes()[..20]]);
    assert_eq!(framer.cut(&INVITE.as_bytes()[20..]), [&INVITE.as_bytes()[20..]]);
}

/// Whole streams of sound and unsound parts.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(INVITE.as_bytes().to_vec()),
        Just(OPTIONS.as_bytes().to_vec()),
        Just(BARE.as_bytes().to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"v=0\r\no=- 1 1 IN IP4 a\r\n".to_vec()),
        Just(b"SIP/2.0 200 OK\nContent-Length: -4\n\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_messages(
        stream in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let whole = frames(&[&stream]);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&frames(&chunks), &whole);
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(&frames(&bytes), &whole);
    }

    #[test]
    fn nothing_is_lost_and_pieces_make_up_the_chunk(stream in stream()) {
        let mut framer = Framer::default();
        let pieces = framer.cut(&stream);
        prop_assert_eq!(pieces.concat(), stream.clone());
        let mut framer = Framer::default();
        framer.push(&stream);
        let mut all = Vec::new();
        while let Some(frame) = framer.poll() {
            all.extend_from_slice(&frame.bytes);
            prop_assert_eq!(frame.end, all.len() as u64);
            if frame.kind == FrameKind::Message {
                prop_assert!(Message::read(&frame.bytes).bytes() == frame.bytes);
            }
        }
        all.extend_from_slice(framer.rest());
        prop_assert_eq!(all, stream);
    }
}
