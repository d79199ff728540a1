//! The ladder of a dialog, and of the streams that it describes.

use crate::analysis::{Analysis, Dialog};
use crate::report::ladder::{Ladder, Row, Shape, label};

/// The ladder of the `place`-th dialog.
pub(super) fn of(analysis: &Analysis, place: usize, dialog: &Dialog) -> Ladder {
    let hosts = dialog.hosts();
    let column = |address: &std::net::SocketAddr| {
        let same_host = || hosts.iter().position(|host| host.ip() == address.ip());
        hosts.iter().position(|host| host == address).or_else(same_host).unwrap_or_default()
    };
    let row =
        |at, shape, label| Row { at, entries: Vec::new(), shape, label, met: None, repeats: 0 };
    let messages = dialog.messages.iter().map(|message| {
        let shape = Shape::Arrow { from: column(&message.from), to: column(&message.to) };
        let label = label::datagram(message.message.bytes());
        Row { repeats: message.repeats, ..row(message.at, shape, label) }
    });
    let streams = analysis.streams.iter().filter(|stream| stream.dialog == Some(place));
    let flows = streams.map(|stream| {
        let (from, to) = (column(&stream.from), column(&stream.to));
        let shape = Shape::Flow { from, to, until: stream.ended };
        let seconds = stream.lasted().as_secs_f64();
        let (encoding, packets) = (stream.encoding(), stream.loss.received);
        row(stream.began, shape, format!("RTP {encoding}, {packets} packets, {seconds:.2} s"))
    });
    let digits = analysis.digits.iter().filter(|digit| {
        let is_of = |it: &&crate::analysis::Stream| (it.from, it.to) == (digit.from, digit.to);
        let mut streams = analysis.streams.iter().filter(|stream| stream.dialog == Some(place));
        digit.way != crate::analysis::Way::Info && streams.any(|stream| is_of(&stream))
    });
    let digits = digits.map(|digit| {
        let shape =
            Shape::Flow { from: column(&digit.from), to: column(&digit.to), until: digit.at };
        row(digit.at, shape, format!("{} {}", digit.way.name(), digit.name))
    });
    let mut rows: Vec<Row> = messages.chain(flows).chain(digits).collect();
    rows.sort_by_key(|row| row.at);
    let columns = hosts.iter().map(ToString::to_string).collect();
    Ladder::drawn(columns, rows)
}
