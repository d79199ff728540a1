//! TCP streams, put together from segments.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

/// One direction of a connection.
pub type Way = (SocketAddr, SocketAddr);

/// Puts the segments of streams into order.
///
/// What comes twice is taken once, and what comes early waits. Where a part is missing from the
/// capture the stream goes on behind the gap once more than 64 KiB, or 256 segments, wait for it. A stream that was
/// under way when the capture began starts with its first segment.
#[derive(Debug, Default)]
pub struct Segments {
    ways: HashMap<Way, Stream>,
}

#[derive(Debug, Default)]
struct Stream {
    /// The sequence number of the next byte.
    next: u32,
    /// Segments that came early, by how far behind the first that was ever seen they begin.
    early: BTreeMap<u32, Vec<u8>>,
    waiting: usize,
    /// Whether nobody wants to know.
    ignored: bool,
}

/// What a segment makes known of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// The next bytes.
    Bytes(Vec<u8>),
    /// So many bytes are missing from the capture before what follows.
    Gap(u32),
    /// The stream is over.
    End,
}

impl Segments {
    /// Takes a segment; what is now known of its stream, in order.
    pub fn add(
        &mut self,
        way: Way,
        sequence: u32,
        opens: bool,
        ends: bool,
        bytes: &[u8],
    ) -> Vec<Part> {
        let mut parts = Vec::new();
        if opens {
            let next = sequence.wrapping_add(1);
            self.ways.insert(way, Stream { next, ..Stream::default() });
        } else if !bytes.is_empty() && self.ways.len() < MOST_STREAMS {
            let begun = || Stream { next: sequence, ..Stream::default() };
            let stream = self.ways.entry(way).or_insert_with(begun);
            if !stream.ignored {
                stream.add(sequence, bytes, &mut parts);
            }
        }
        if ends && let Some(mut stream) = self.ways.remove(&way) {
            while !stream.early.is_empty() {
                stream.skip(&mut parts);
            }
            parts.push(Part::End);
        }
        parts
    }

    /// Passes over the rest of a stream.
    pub fn ignore(&mut self, way: &Way) {
        if let Some(stream) = self.ways.get_mut(way) {
            *stream = Stream { ignored: true, ..Stream::default() };
        }
    }
}

impl Stream {
    fn add(&mut self, sequence: u32, bytes: &[u8], parts: &mut Vec<Part>) {
        let ahead = sequence.wrapping_sub(self.next).cast_signed();
        if ahead > 0 {
            // The longer of two that begin at one place has more to tell.
            let there = self.early.entry(sequence).or_default();
            if there.len() < bytes.len() {
                self.waiting += bytes.len() - there.len();
                bytes.clone_into(there);
            }
            while self.waiting > MOST_WAITING || self.early.len() > MOST_EARLY {
                self.skip(parts);
            }
            return;
        }
        let old = usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX);
        if let Some(fresh) = bytes.get(old..).filter(|fresh| !fresh.is_empty()) {
            self.take(fresh, parts);
        }
        self.catch_up(parts);
    }

    fn take(&mut self, bytes: &[u8], parts: &mut Vec<Part>) {
        self.next = self.next.wrapping_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        match parts.last_mut() {
            Some(Part::Bytes(before)) => before.extend_from_slice(bytes),
            Some(Part::Gap(_) | Part::End) | None => parts.push(Part::Bytes(bytes.to_vec())),
        }
    }

    /// Takes what waited for what has come.
    fn catch_up(&mut self, parts: &mut Vec<Part>) {
        while let Some(first) = self.first() {
            let ahead = first.wrapping_sub(self.next).cast_signed();
            if ahead > 0 {
                return;
            }
            let Some(bytes) = self.early.remove(&first) else { return };
            self.waiting -= bytes.len();
            let old = usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX);
            if let Some(fresh) = bytes.get(old..).filter(|fresh| !fresh.is_empty()) {
                self.take(fresh, parts);
            }
        }
    }

    /// Goes on behind what is missing.
    fn skip(&mut self, parts: &mut Vec<Part>) {
        if let Some(first) = self.first() {
            parts.push(Part::Gap(first.wrapping_sub(self.next)));
            self.next = first;
            self.catch_up(parts);
        }
    }

    /// Which of those that wait comes first in the stream, past the end of the numbers too.
    fn first(&self) -> Option<u32> {
        let place = |sequence: &u32| sequence.wrapping_sub(self.next).cast_signed();
        self.early.keys().copied().min_by_key(place)
    }
}

/// So many bytes wait for one that is missing.
const MOST_WAITING: usize = 64 * 1024;
/// So many segments wait for one that is missing.
const MOST_EARLY: usize = 256;
/// So many streams are followed at once.
const MOST_STREAMS: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn way() -> Way {
        ("192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5060".parse().unwrap())
    }

    fn text(parts: &[Part]) -> String {
        let words = parts.iter().map(|part| match part {
            Part::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Part::Gap(missing) => format!("<{missing}>"),
            Part::End => ".".to_owned(),
        });
        words.collect()
    }

    #[test]
    fn a_gap_is_told_and_the_stream_goes_on_behind_it() {
        let mut segments = Segments::default();
        let mut seen = segments.add(way(), 9, true, false, b"");
        seen.extend(segments.add(way(), 10, false, false, b"ab"));
        seen.extend(segments.add(way(), 15, false, false, b"fg"));
        seen.extend(segments.add(way(), 17, false, true, b""));
        assert_eq!(text(&seen), "ab<3>fg.");
    }

    #[test]
    fn a_stream_that_nobody_wants_says_nothing() {
        let mut segments = Segments::default();
        assert_eq!(text(&segments.add(way(), 5, false, false, b"GET")), "GET");
        segments.ignore(&way());
        assert_eq!(segments.add(way(), 8, false, false, b" /"), []);
    }

    proptest! {
        #[test]
        fn whatever_the_order_and_overlap_the_stream_is_whole(
            cuts in prop::collection::vec(0..200_usize, 1..20),
            start in any::<u32>(), seed in any::<u64>(),
        ) {
            let whole: Vec<u8> = (0..200_u8).collect();
            let mut random = fastrand::Rng::with_seed(seed);
            let mut edges = [&cuts[..], &[0, 200]].concat();
            edges.sort_unstable();
            let mut pieces: Vec<_> = edges.windows(2).map(|pair| {
                (pair[0], &whole[pair[0]..(pair[1] + random.usize(..9)).min(200)])
            }).collect();
            random.shuffle(&mut pieces);
            let mut segments = Segments::default();
            segments.add(way(), start.wrapping_sub(1), true, false, b"");
            let mut seen = Vec::new();
            for (at, bytes) in pieces {
                let sequence = start.wrapping_add(u32::try_from(at).unwrap());
                for part in segments.add(way(), sequence, false, false, bytes) {
                    let Part::Bytes(bytes) = part else { panic!("{part:?}") };
                    seen.extend(bytes);
                }
            }
            prop_assert_eq!(seen, whole);
        }
    }
}
