//! Builds the tree from the parser's events.

use super::{List, Map, Node, Piece, Scalar};
use crate::scenario::code::Code;
use crate::scenario::sink::Sink;
use crate::scenario::source::{Place, Source};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};
use std::ops::Range;
use std::sync::Arc;

/// Reads a file.
pub(super) fn parse(source: &Arc<Source>, sink: &mut Sink) -> Option<Node> {
    let mut chars: Vec<_> = source.text.char_indices().map(|(at, _)| at).collect();
    chars.push(source.text.len());
    let parser = Parser::new_from_str(&source.text);
    Builder { source: Arc::clone(source), chars, parser, sink }.document()
}

/// Nesting past this is no scenario's.
const DEPTH: usize = 48;

/// Reading stopped; the diagnostic is in the sink.
struct Stopped;

struct Builder<'a, 's> {
    source: Arc<Source>,
    /// The byte at which each character begins: the parser counts characters.
    chars: Vec<usize>,
    parser: Parser<'a, StrInput<'a>>,
    sink: &'s mut Sink,
}

impl Builder<'_, '_> {
    fn document(mut self) -> Option<Node> {
        let mut root = None;
        loop {
            match self.event().ok()? {
                (Event::StreamEnd, _) => break,
                (Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd, _) => {}
                (Event::Nothing, _) => {}
                (first, span) => {
                    if root.is_some() {
                        let place = self.place(span);
                        self.sink
                            .add(
                                Code::Documents,
                                &place,
                                "a second document in one file",
                                "begins here",
                            )
                            .help("one file is one test case: move it to a file of its own");
                        break;
                    }
                    root = Some(self.node(&first, span, 0).ok()?);
                }
            }
        }
        if root.is_none() {
            let place = Place::new(Arc::clone(&self.source), 0..0);
            self.sink
                .add(Code::Empty, &place, "the file is empty", "")
                .help("a scenario begins with `id:` and `title:`");
        }
        root
    }

    fn node(&mut self, first: &Event<'_>, span: Span, depth: usize) -> Result<Node, Stopped> {
        if depth > DEPTH {
            let place = self.place(span);
            self.sink.add(
                Code::Depth,
                &place,
                "nested too deeply",
                format!("more than {DEPTH} levels"),
            );
            return Err(Stopped);
        }
        match first {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_yaml_only(*anchor, tag.is_some(), span);
                Ok(Node::Scalar(self.scalar(text, *style, span)))
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_yaml_only(*anchor, tag.is_some(), span);
                self.list(span, depth)
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_yaml_only(*anchor, tag.is_some(), span);
                self.map(span, depth)
            }
            Event::Alias(_) => {
                self.plain_yaml_only(1, false, span);
                // Open, so that nothing is said of the value that is not there.
                let scalar = self.scalar("*", ScalarStyle::Plain, span);
                Ok(Node::Scalar(Scalar { open: true, ..scalar }))
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => {
                let place = self.place(span);
                self.sink.add(Code::Syntax, &place, "the file is not YAML", "a value is missing");
                Err(Stopped)
            }
        }
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Node, Stopped> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::SequenceEnd {
                let place = first_line(&self.cover(start, span));
                return Ok(Node::List(List { items, place }));
            }
            items.push(self.node(&event, span, depth + 1)?);
        }
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Node, Stopped> {
        let mut entries: Vec<(Scalar, Node)> = Vec::new();
        loop {
            let (event, span) = self.event()?;
            if event == Event::MappingEnd {
                let place = first_line(&self.cover(start, span));
                return Ok(Node::Map(Map { entries, place }));
            }
            let key = self.node(&event, span, depth + 1)?;
            let (event, span) = self.event()?;
            let value = self.node(&event, span, depth + 1)?;
            let Some(key) = key.scalar("a key", self.sink).cloned() else { continue };
            if let Some((first, _)) = entries.iter().find(|(name, _)| name.text == key.text) {
                let title = format!("the key `{}` stands twice in one mapping", key.text);
                let twice = self
                    .sink
                    .add(Code::DuplicateKey, &key.place, title, "again here")
                    .related(&first.place, "first here");
                if depth > 1 {
                    twice.help("if these are two steps, each needs a `- ` of its own");
                }
                continue;
            }
            entries.push((key, value));
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Scalar {
        let place = self.place(span);
        let null = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null");
        // Where the source holds the text as it is, offsets into one are offsets into the other.
        let inside = match style {
            ScalarStyle::Plain => place.text().starts_with(text).then_some(0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                place.text().get(1..).is_some_and(|rest| rest.starts_with(text)).then_some(1)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        let pieces = inside
            .map(|skip| Piece { text: 0..text.len(), source: place.bytes().start + skip })
            .into_iter()
            .collect();
        Scalar { text: text.to_owned(), place, open: false, null, pieces }
    }

    fn plain_yaml_only(&mut self, anchor: usize, tagged: bool, span: Span) {
        if anchor > 0 || tagged {
            let place = self.place(span);
            let title = "anchors, aliases and tags are not part of the language";
            self.sink
                .add(Code::Alias, &place, title, "belongs to one")
                .help("use `include` with parameters, `matrix` or `names` to say a thing once");
        }
    }

    fn event(&mut self) -> Result<(Event<'static>, Span), Stopped> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((owned(event), span)),
            Some(Err(error)) => {
                self.syntax(&error);
                Err(Stopped)
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn syntax(&mut self, error: &ScanError) {
        let at = self.byte(error.marker().index());
        let place = Place::new(Arc::clone(&self.source), at..at);
        let line = self.source.text.lines().nth(place.line().saturating_sub(1)).unwrap_or_default();
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let help = if indent.contains('\t') {
            "indent with spaces: YAML does not allow tabs there"
        } else {
            "text with `: `, ` #`, or one of `[]{}&*!|>%@` in front needs quotes around it"
        };
        self.sink.add(Code::Syntax, &place, "the file is not YAML", error.info()).help(help);
    }

    fn place(&self, span: Span) -> Place {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let raw = self.source.text.get(start..end.max(start)).unwrap_or_default();
        Place::new(Arc::clone(&self.source), start..start + raw.trim_end().len())
    }

    fn cover(&self, start: Span, end: Span) -> Place {
        let bytes: Range<usize> = self.byte(start.start.index())..self.byte(end.end.index());
        Place::new(Arc::clone(&self.source), bytes)
    }

    fn byte(&self, index: usize) -> usize {
        self.chars.get(index).copied().unwrap_or(self.source.text.len())
    }
}

/// The part of a place that stands on its first line: enough to point at.
fn first_line(place: &Place) -> Place {
    let line = place.text().lines().next().unwrap_or_default().trim_end();
    let start = place.bytes().start;
    place.with(start..start + line.len())
}

fn owned(event: Event<'_>) -> Event<'static> {
    use std::borrow::Cow;
    match event {
        Event::Scalar(text, style, anchor, tag) => Event::Scalar(
            Cow::Owned(text.into_owned()),
            style,
            anchor,
            tag.map(|tag| Cow::Owned(tag.into_owned())),
        ),
        Event::SequenceStart(anchor, tag) => {
            Event::SequenceStart(anchor, tag.map(|tag| Cow::Owned(tag.into_owned())))
        }
        Event::MappingStart(anchor, tag) => {
            Event::MappingStart(anchor, tag.map(|tag| Cow::Owned(tag.into_owned())))
        }
        Event::Nothing => Event::Nothing,
        Event::StreamStart => Event::StreamStart,
        Event::StreamEnd => Event::StreamEnd,
        Event::DocumentStart(explicit) => Event::DocumentStart(explicit),
        Event::DocumentEnd => Event::DocumentEnd,
        Event::Alias(anchor) => Event::Alias(anchor),
        Event::SequenceEnd => Event::SequenceEnd,
        Event::MappingEnd => Event::MappingEnd,
    }
}
