//! `rtcp:` of a role: what it does of RTCP beyond what everybody has to.

use super::choose;
use crate::proto::policy::Rtcp;
use crate::scenario::sink::Sink;
use crate::scenario::tree::Node;

/// The words of `rtcp:`.
pub(in crate::scenario) const WORDS: &[&str] =
    &["mux", "xr-reference-time", "xr-summary", "xr-voip", "xr-unknown"];

const ALL: &[(&str, Rtcp)] = &[
    ("mux", Rtcp::Mux),
    ("xr-reference-time", Rtcp::ReferenceTime),
    ("xr-summary", Rtcp::Summary),
    ("xr-voip", Rtcp::Voip),
    ("xr-unknown", Rtcp::UnknownBlock),
];

/// Reads `rtcp: mux`, or a list of such words.
pub(super) fn read(node: &Node, sink: &mut Sink) -> Vec<Rtcp> {
    let mut wanted = Vec::new();
    for scalar in node.texts("`rtcp`", sink) {
        let word = choose(scalar, "`rtcp`", WORDS, sink);
        wanted.extend(ALL.iter().find(|(each, _)| Some(*each) == word).map(|(_, what)| *what));
    }
    wanted
}

/// The word of it in scenario files.
pub(in crate::scenario) fn word(what: Rtcp) -> &'static str {
    ALL.iter().find(|(_, each)| *each == what).map_or("", |(word, _)| word)
}
