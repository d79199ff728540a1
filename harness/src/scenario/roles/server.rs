//! A server or a target that a role is told of: another role, or a URI.

use crate::proto::transport::Hop;
use crate::scenario::code::Code;
use crate::scenario::program::{RoleId, Server};
use crate::scenario::sink::{Sink, did_you_mean};
use crate::scenario::tree::Scalar;
use crate::wire::uri::Uri;

/// Reads the name of a role, or `sip:USER@HOST:PORT` with an address for host, whose `sip:` may be
/// left out.
pub(super) fn read(scalar: &Scalar, names: &[&str], sink: &mut Sink) -> Server {
    read_part(scalar.text.trim(), scalar, names, sink)
}

/// Reads the same from a part of a scalar.
pub(super) fn read_part(text: &str, scalar: &Scalar, names: &[&str], sink: &mut Sink) -> Server {
    if let Some(found) = names.iter().position(|name| *name == text) {
        return Server::Role(RoleId(u16::try_from(found).unwrap_or(u16::MAX)));
    }
    let given = text;
    let text = if text.starts_with("sip:") || text.starts_with("sips:") {
        text.to_owned()
    } else {
        format!("sip:{text}")
    };
    let uri = Uri::read(&text);
    if !scalar.open && (Hop::of(&uri).is_none()) {
        let title = format!("`{given}` is neither a role nor an address");
        let help = did_you_mean(given, names.iter().copied());
        sink.add(Code::UnknownRole, &scalar.place, title, "expected a role or `sip:HOST:PORT`")
            .maybe_help(help);
    }
    Server::Uri(text)
}
