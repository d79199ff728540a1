//! `codecs:` of a role or of a description: encodings as an `rtpmap` names them.

use crate::scenario::code::Code;
use crate::scenario::sink::{Sink, near, ticked};
use crate::scenario::tree::{Node, Scalar};
use crate::signal::Codec;

/// Reads `codecs:`, and warns of what is probably a slip: an encoding that nobody has registered, or one
/// of ours at a rate that it does not have.
pub(in crate::scenario) fn read(node: &Node, sink: &mut Sink) -> Vec<String> {
    let texts = node.texts("`codecs`", sink);
    for text in texts.iter().filter(|text| !text.open) {
        check(text, sink);
    }
    texts.iter().map(|text| text.text.clone()).collect()
}

fn check(text: &Scalar, sink: &mut Sink) {
    let written = text.text.as_str();
    let mut parts = written.split('/');
    let name = parts.next().unwrap_or_default();
    let numbers: Vec<&str> = parts.collect();
    let counts = |number: &&str| number.parse::<u32>().is_ok_and(|number| number > 0);
    if name.is_empty() || numbers.len() > 2 || !numbers.iter().all(counts) {
        let title = format!("`{written}` is not an encoding");
        sink.add(Code::Value, &text.place, title, "expected a name, a rate and channels")
            .help("such as `PCMU`, `L16/16000` or `L16/44100/2`");
        return;
    }
    let is_named = |known: &&str| known.eq_ignore_ascii_case(name);
    let ours: Vec<Codec> = Codec::ALL.into_iter().filter(|it| is_named(&it.name())).collect();
    if !ours.is_empty() && written.parse::<Codec>().is_err() {
        let title = format!("`{written}` is offered, and can be neither played nor heard");
        let known: Vec<String> = ours.iter().map(ToString::to_string).collect();
        sink.add(Code::UnknownCodec, &text.place, title, "not a rate of this encoding")
            .help(format!("we speak {}", ticked(known.iter().map(String::as_str))));
    } else if ours.is_empty() && !REGISTERED.iter().any(is_named) && !is_private(name) {
        let title = format!("`{written}` is no encoding that we know");
        let names = Codec::ALL.iter().map(|codec| codec.name()).chain(REGISTERED.iter().copied());
        sink.add(Code::UnknownCodec, &text.place, title, "offered as it is, and never agreed on")
            .maybe_help(near(name, names));
    }
}

/// Whether it is meant to be one that nobody knows.
fn is_private(name: &str) -> bool {
    name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-"))
}

/// Encodings of audio that are registered for RTP, beside those that we speak.
const REGISTERED: &[&str] = &[
    "telephone-event",
    "tone",
    "CN",
    "RED",
    "AC3",
    "AMR",
    "AMR-WB",
    "AMR-WB+",
    "ATRAC3",
    "BV16",
    "BV32",
    "CLEARMODE",
    "DSR-ES201108",
    "DVI4",
    "EAC3",
    "EVRC",
    "EVRC0",
    "EVRCB",
    "EVRCWB",
    "EVS",
    "G711-0",
    "G719",
    "G7221",
    "G723",
    "G728",
    "G729",
    "G729D",
    "G729E",
    "G7291",
    "GSM",
    "GSM-EFR",
    "GSM-HR-08",
    "iLBC",
    "iSAC",
    "L8",
    "L20",
    "L24",
    "LPC",
    "MP4A-LATM",
    "MPA",
    "mpa-robust",
    "mpeg4-generic",
    "opus",
    "PCMA-WB",
    "PCMU-WB",
    "QCELP",
    "rtx",
    "SMV",
    "SMV0",
    "SP-MIDI",
    "speex",
    "UEMCLIP",
    "ulpfec",
    "VDVI",
    "VMR-WB",
    "vorbis",
];
