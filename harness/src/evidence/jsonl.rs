//! `timeline.jsonl`: one entry a line, in the order of the timeline.
//!
//! A line is complete once its line feed is written, so a file that a killed run left behind reads
//! up to the last complete line.

use super::timeline::{Entry, Timeline};
use std::str;

/// What a stored timeline holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The entries of all complete lines.
    pub timeline: Timeline,
    /// Where the file breaks off inside a line; absent where the last line is complete.
    pub cut: Option<Cut>,
}

/// The remainder of a line whose writing was interrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line} breaks off after {bytes} bytes")]
pub struct Cut {
    /// The line, counted from 1.
    pub line: usize,
    /// How many bytes of it there are.
    pub bytes: usize,
}

/// A line that no writer of this format makes: the file was changed or damaged.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadLine {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// One entry as a line, with its line feed.
///
/// # Errors
///
/// Never for an [`Entry`]; those of the serializer are passed on.
pub fn line(entry: &Entry) -> serde_json::Result<String> {
    let mut line = serde_json::to_string(entry)?;
    line.push('\n');
    Ok(line)
}

/// Reads a stored timeline.
///
/// # Errors
///
/// The first line that is not an entry, or whose number is not the next.
pub fn read(bytes: &[u8]) -> Result<Stored, BadLine> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut cut = None;
    for (index, text) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let line = index + 1;
        let Some(text) = text.strip_suffix(b"\n") else {
            cut = Some(Cut { line, bytes: text.len() });
            break;
        };
        let entry = entry(text).map_err(|what| BadLine { line, what })?;
        if usize::try_from(entry.seq.0) != Ok(index) {
            let what = format!("entry {} stands where entry {index} belongs", entry.seq.0);
            return Err(BadLine { line, what });
        }
        entries.push(entry);
    }
    let timeline = Timeline::from_entries(entries).map_err(|seq| BadLine {
        line: 0,
        what: format!("entry {} does not follow the one before it", seq.0),
    })?;
    Ok(Stored { timeline, cut })
}

fn entry(line: &[u8]) -> Result<Entry, String> {
    let text = str::from_utf8(line)
        .map_err(|error| format!("not UTF-8 from column {}", error.valid_up_to() + 1))?;
    serde_json::from_str(text).map_err(|error| {
        // The parser counts lines from the start of its text, which is one line here.
        let said = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        match said.strip_suffix(&place) {
            Some(said) => format!("{said} (column {})", error.column()),
            None => said,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::point::Pco;
    use crate::evidence::step::StepId;
    use crate::evidence::timeline::{Datagram, Seen, Seq};
    use crate::time::Tick;
    use proptest::prelude::*;
    use std::time::Duration;

    fn example() -> Timeline {
        let mut timeline = Timeline::default();
        let datagram = |bytes: &[u8]| Datagram {
            local: "127.0.0.1:5062".parse().unwrap(),
            remote: "[::1]:5060".parse().unwrap(),
            bytes: bytes.to_vec(),
            connection: None,
        };
        let at = Tick::from_nanos;
        timeline.record(at(1), Pco::TEST, Seen::Reached(StepId(0)));
        timeline.record(at(2), Pco(3), Seen::Sent(datagram(b"OPTIONS sip:a SIP/2.0\r\n\r\n")));
        timeline.record(at(3), Pco(3), Seen::Received(datagram(&[0x80, 0, 0xff, 10, 13])));
        timeline.record(at(4), Pco::CONTROL, Seen::Line("relay \"open\"\u{1b}".into()));
        timeline.record(at(5), Pco::CONTROL, Seen::Wrote("status".into()));
        timeline.record(at(6), Pco::BENCH, Seen::Stall(Duration::from_millis(17)));
        timeline.record(at(7), Pco::TEST, Seen::Met(StepId(0), Some(Seq(2))));
        timeline.record(at(8), Pco::TEST, Seen::Unmet(StepId(1), "nothing for 5 s".into()));
        timeline
    }

    fn text(timeline: &Timeline) -> String {
        timeline.entries().iter().map(|entry| line(entry).unwrap()).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let stored = read(text(&example()).as_bytes()).unwrap();
        assert_eq!(stored, Stored { timeline: example(), cut: None });
        assert_eq!(read(b"").unwrap().timeline, Timeline::default());
    }

    #[test]
    fn the_layout_of_a_line_is_fixed() {
        insta::assert_snapshot!(text(&example()), @r#"
        {"seq":0,"at":1,"pco":0,"seen":{"reached":0}}
        {"seq":1,"at":2,"pco":3,"seen":{"sent":{"local":"127.0.0.1:5062","remote":"[::1]:5060","bytes":{"text":"OPTIONS sip:a SIP/2.0\r\n\r\n"}}}}
        {"seq":2,"at":3,"pco":3,"seen":{"received":{"local":"127.0.0.1:5062","remote":"[::1]:5060","bytes":{"base64":"gAD/Cg0="}}}}
        {"seq":3,"at":4,"pco":2,"seen":{"line":"relay \"open\"\u001b"}}
        {"seq":4,"at":5,"pco":2,"seen":{"wrote":"status"}}
        {"seq":5,"at":6,"pco":1,"seen":{"stall":17000000}}
        {"seq":6,"at":7,"pco":0,"seen":{"met":[0,2]}}
        {"seq":7,"at":8,"pco":0,"seen":{"unmet":[1,"nothing for 5 s"]}}
        "#);
    }

    #[test]
    fn a_file_that_breaks_off_reads_up_to_there() {
        let text = text(&example());
        let stored = read(&text.as_bytes()[..text.len() - 3]).unwrap();
        assert_eq!(stored.timeline.entries(), &example().entries()[..7]);
        assert_eq!(stored.cut.unwrap().line, 8);
        let stored = read(&text.as_bytes()[..text.len() - 1]).unwrap();
        assert_eq!(stored.timeline.entries().len(), 7, "a line without its end is not complete");
    }

    #[test]
    fn a_changed_file_says_where() {
        let text = text(&example());
        let without_third: String = text
            .split_inclusive('\n')
            .enumerate()
            .filter(|(i, _)| *i != 2)
            .map(|(_, l)| l)
            .collect();
        let said = |text: &[u8]| read(text).unwrap_err().to_string();
        insta::assert_snapshot!(said(without_third.as_bytes()), @"line 3: entry 3 stands where entry 2 belongs");
        insta::assert_snapshot!(said(text.replace("\"at\":4", "\"at\":-4").as_bytes()), @"line 4: invalid value: integer `-4`, expected u64 (column 16)");
        insta::assert_snapshot!(said(text.replace("\"wrote\"", "\"wr\"").as_bytes()), @"line 5: unknown variant `wr`, expected one of `sent`, `received`, `opened`, `closed`, `wrote`, `line`, `bench`, `network`, `impaired`, `unreachable`, `died`, `stall`, `fault`, `keyed`, `reached`, `met`, `skipped`, `unmet` (column 36)");
        insta::assert_snapshot!(said(b"\n"), @"line 1: EOF while parsing a value (column 0)");
        insta::assert_snapshot!(said(b"{\"seq\":0,\xff}\n"), @"line 1: not UTF-8 from column 10");
    }

    proptest! {
        #[test]
        fn no_file_is_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..900usize) {
            let mut text = text(&example()).into_bytes();
            let at = at.min(text.len());
            text.splice(at..at, bytes);
            let _ = read(&text);
        }

        #[test]
        fn every_payload_survives(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut timeline = Timeline::default();
            let local = "10.0.0.1:1".parse().unwrap();
            timeline.record(Tick::ZERO, Pco(3), Seen::Sent(Datagram { local, remote: local, bytes, connection: None }));
            prop_assert_eq!(read(text(&timeline).as_bytes()).unwrap().timeline, timeline);
        }
    }
}
