//! SIP messages: reading leniently, with what is wrong listed, and writing.

use std::fmt::Write as _;

use super::split::split_list;

/// A request or a response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    /// Request line or status line.
    pub(crate) start: Start,
    /// The header fields.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// What was wrong with the bytes that it was read from.
    pub(crate) faults: Vec<&'static str>,
}

/// The first line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Start {
    /// `METHOD URI SIP/2.0`
    Request {
        /// The method as written; methods are case-sensitive.
        method: String,
        /// The Request-URI as written.
        uri: String,
        /// The protocol version as written.
        version: String,
    },
    /// `SIP/2.0 CODE REASON`
    Response {
        /// 100 to 699.
        code: u16,
        /// The reason phrase.
        reason: String,
    },
}

/// Which header names are known by their compact forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Names {
    /// Compact forms mean what RFC 3261 §7.3.3 says.
    Both,
    /// Compact forms mean nothing.
    LongOnly,
}

/// What a head says about the length of its body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Length {
    Is(usize),
    Missing,
    /// Not a number, or more than one.
    Bad,
}

/// Header fields in order, under their long names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    /// Reads the lines after the first one.
    fn read<'a>(
        lines: impl Iterator<Item = &'a str>,
        names: Names,
        faults: &mut Vec<&'static str>,
    ) -> Self {
        let mut headers = Self::default();
        for line in lines {
            if line.starts_with([' ', '\t']) {
                //= RFC 3261 §7.3.1
                match headers.0.last_mut() {
                    Some((_, value)) => {
                        // A value that begins in this line has nothing before it.
                        if !value.is_empty() {
                            value.push(' ');
                        }
                        value.push_str(line.trim());
                    }
                    None => faults.push("folded line before any header"),
                }
                continue;
            }
            match line.split_once(':') {
                Some((name, value)) if is_token(name.trim_end()) => {
                    headers.push(long_name(name.trim_end(), names), value.trim());
                }
                _ if line.is_empty() => {}
                _ => faults.push("header line without a name"),
            }
        }
        headers
    }

    /// Appends a field.
    pub(crate) fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Replaces every field of that name by one, in the first one's place.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        let at = self.0.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
        self.remove(name);
        let at = at.unwrap_or(self.0.len()).min(self.0.len());
        self.0.insert(at, (name.to_owned(), value));
    }

    /// Replaces the first value of a list.
    pub(crate) fn set_first(&mut self, name: &str, value: &str) {
        let Some((_, field)) = self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) else {
            return;
        };
        let rest: Vec<_> = split_list(field, ',').into_iter().skip(1).map(str::to_owned).collect();
        value.clone_into(field);
        for other in rest {
            field.push_str(", ");
            field.push_str(&other);
        }
    }

    /// Removes every field of that name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.as_str())
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every field of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Every value of that name, with comma-separated lists taken apart.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let fields = self.0.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        fields.flat_map(|(_, v)| split_list(v, ',')).filter(|v| !v.is_empty()).collect()
    }
}

impl Message {
    /// A request with no header fields yet.
    pub(crate) fn request(method: &str, uri: &str) -> Self {
        Self::new(Start::Request {
            method: method.to_owned(),
            uri: uri.to_owned(),
            version: VERSION.to_owned(),
        })
    }

    /// A response with no header fields yet.
    pub(crate) fn response(code: u16, reason: &str) -> Self {
        Self::new(Start::Response { code, reason: reason.to_owned() })
    }

    /// Reads a datagram; `None` if its first line is not SIP's.
    pub(crate) fn parse(bytes: &[u8], names: Names) -> Option<Self> {
        // Keep-alives and stray line ends may come before the first line.
        let skip = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let bytes = bytes.get(skip..)?;
        let (head, body) = cut_body(bytes);
        let head = String::from_utf8_lossy(head);
        let mut lines = lines(&head);
        let mut faults = Vec::new();
        let start = parse_start(lines.next()?, &mut faults)?;
        let headers = Headers::read(lines, names, &mut faults);
        let mut message = Self { start, headers, body: Vec::new(), faults };
        message.body = message.take_body(body);
        message.check();
        Some(message)
    }

    /// What the head of a message says about the length of its body.
    pub(crate) fn length(head: &[u8], names: Names) -> Length {
        let head = String::from_utf8_lossy(head);
        let headers = Headers::read(lines(&head).skip(1), names, &mut Vec::new());
        let mut lengths = headers.all("Content-Length").map(str::trim);
        match (lengths.next(), lengths.next()) {
            (None, _) => Length::Missing,
            (Some(length), None) if length.bytes().all(|b| b.is_ascii_digit()) => {
                length.parse().map_or(Length::Bad, Length::Is)
            }
            _ => Length::Bad,
        }
    }

    /// The bytes for the wire; sets Content-Length.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = match &self.start {
            Start::Request { method, uri, version } => format!("{method} {uri} {version}\r\n"),
            Start::Response { code, reason } => format!("{VERSION} {code} {reason}\r\n"),
        };
        for (name, value) in &self.headers.0 {
            // Writing to a String cannot fail.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "Content-Length: {}\r\n\r\n", self.body.len());
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The method of a request, or of the request that a response answers.
    pub(crate) fn method(&self) -> &str {
        match &self.start {
            Start::Request { method, .. } => method,
            Start::Response { .. } => self.cseq().map_or("", |(_, method)| method),
        }
    }

    /// The status code; 0 for a request.
    pub(crate) const fn code(&self) -> u16 {
        match &self.start {
            Start::Request { .. } => 0,
            Start::Response { code, .. } => *code,
        }
    }

    /// Number and method of the `CSeq`.
    pub(crate) fn cseq(&self) -> Option<(u32, &str)> {
        let (number, method) = self.headers.get("CSeq")?.split_once(char::is_whitespace)?;
        let number: u32 = number.parse().ok()?;
        //= RFC 3261 §8.1.1.5
        (number < 1 << 31).then_some((number, method.trim()))
    }

    /// The tag of `From` or `To`; empty where there is none.
    pub(crate) fn tag(&self, header: &str) -> String {
        let address = self.headers.get(header).and_then(super::Address::parse);
        address.and_then(|a| a.tag().map(str::to_owned)).unwrap_or_default()
    }

    /// The Call-ID; empty where there is none.
    pub(crate) fn call_id(&self) -> &str {
        self.headers.get("Call-ID").unwrap_or_default()
    }

    fn new(start: Start) -> Self {
        Self { start, headers: Headers::default(), body: Vec::new(), faults: Vec::new() }
    }

    /// Cuts the body as Content-Length says, and takes that header away.
    fn take_body(&mut self, body: &[u8]) -> Vec<u8> {
        let lengths: Vec<_> = self.headers.all("Content-Length").map(str::parse::<usize>).collect();
        self.headers.remove("Content-Length");
        match lengths.as_slice() {
            [] => body.to_vec(),
            [Ok(length)] => {
                //= RFC 3261 §18.3
                body.get(..*length).unwrap_or_else(|| {
                    self.faults.push("body shorter than Content-Length");
                    body
                })
            }
            .to_vec(),
            [Err(_)] => {
                self.faults.push("bad Content-Length");
                body.to_vec()
            }
            _ => {
                self.faults.push("Content-Length fields that differ");
                body.to_vec()
            }
        }
    }

    /// Lists what RFC 3261 §8.1.1 does not allow.
    fn check(&mut self) {
        let mut faults = Vec::new();
        for (name, missing, many) in ONCE {
            match self.headers.all(name).count() {
                0 => faults.push(*missing),
                1 => {}
                _ => faults.push(*many),
            }
        }
        for name in ["From", "To"] {
            if self.headers.get(name).is_some_and(|v| super::Address::parse(v).is_none()) {
                faults.push(if name == "From" { "bad From" } else { "bad To" });
            }
        }
        for contact in self.headers.list("Contact") {
            if contact != "*" && super::Address::parse(contact).is_none() {
                faults.push("bad Contact");
            }
        }
        if let Start::Request { uri, .. } = &self.start
            && super::Uri::parse(uri).is_none()
        {
            faults.push("bad Request-URI");
        }
        let cseq_method = self.cseq().map(|(_, method)| method.to_owned());
        match (&self.start, cseq_method) {
            (Start::Request { method, .. }, Some(named)) if *method != named => {
                faults.push("CSeq method is not the request's");
            }
            (_, None) if self.headers.get("CSeq").is_some() => faults.push("bad CSeq"),
            _ => {}
        }
        let vias = self.headers.list("Via");
        if vias.is_empty() {
            faults.push("no Via");
        } else if vias.iter().any(|v| super::Via::parse(v).is_none()) {
            faults.push("bad Via");
        }
        if let Some(hops) = self.headers.get("Max-Forwards")
            && hops.parse::<u8>().is_err()
        {
            faults.push("bad Max-Forwards");
        }
        self.faults.extend(faults);
    }
}

fn parse_start(line: &str, faults: &mut Vec<&'static str>) -> Option<Start> {
    if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        let mut words = line.splitn(3, ' ');
        let version = words.next()?;
        let code: u16 = words.next()?.parse().ok()?;
        if !version.eq_ignore_ascii_case(VERSION) || !(100..700).contains(&code) {
            return None;
        }
        return Some(Start::Response { code, reason: words.next().unwrap_or_default().to_owned() });
    }
    let (method, rest) = line.split_once(' ')?;
    let (uri, version) = rest.trim_end().rsplit_once(' ')?;
    if !is_token(method) || !version.to_ascii_uppercase().starts_with("SIP/") {
        return None;
    }
    if uri != uri.trim() || rest != rest.trim_end() || uri.contains(char::is_whitespace) {
        faults.push("blanks in the request line");
    }
    let uri = uri.trim().to_owned();
    Some(Start::Request { method: method.to_owned(), uri, version: version.to_ascii_uppercase() })
}

fn lines(head: &str) -> impl Iterator<Item = &str> {
    head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// Where the head ends, with the empty line, once that is there.
pub(crate) fn head_end(bytes: &[u8]) -> Option<usize> {
    let (head, body) = cut_body(bytes);
    (head.len() < bytes.len()).then(|| bytes.len() - body.len())
}

/// Splits after the first empty line; a message without one is all head.
fn cut_body(bytes: &[u8]) -> (&[u8], &[u8]) {
    let crlf = bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = bytes.windows(2).position(|w| w == b"\n\n").map(|at| (at, at + 2));
    let cut = match (crlf, lf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let (end, body) = cut.unwrap_or((bytes.len(), bytes.len()));
    (bytes.get(..end).unwrap_or_default(), bytes.get(body..).unwrap_or_default())
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

fn long_name(name: &str, names: Names) -> &str {
    let compact = |(short, _): &&(&str, &str)| short.eq_ignore_ascii_case(name);
    let long = COMPACT.iter().find(compact).filter(|_| names == Names::Both);
    long.map_or(name, |(_, long)| long)
}

const VERSION: &str = "SIP/2.0";

/// Fields that every message has exactly once: name, fault if missing, fault if repeated.
const ONCE: &[(&str, &str, &str)] = &[
    ("From", "no From", "more than one From"),
    ("To", "no To", "more than one To"),
    ("Call-ID", "no Call-ID", "more than one Call-ID"),
    ("CSeq", "no CSeq", "more than one CSeq"),
];

const COMPACT: &[(&str, &str)] = &[
    ("c", "Content-Type"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("o", "Event"),
    ("s", "Subject"),
    ("t", "To"),
    ("u", "Allow-Events"),
    ("v", "Via"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "\r\nINVITE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP x;branch=z9hG4bK1,\r\n \
        SIP/2.0/UDP y\r\nf : <sip:c@d>;tag=1\r\nTO: <sip:a@b>\r\nI:77\r\nCSeq: 0009 \r\n INVITE\r\n\
        l:\r\n 2\r\n\r\nhello";

    #[test]
    fn compact_folded_and_odd_case_are_read() {
        let message = Message::parse(SHORT.as_bytes(), Names::Both).unwrap();
        assert_eq!(message.faults, [""; 0]);
        assert_eq!(message.headers.list("via").len(), 2);
        assert_eq!(message.cseq(), Some((9, "INVITE")));
        assert_eq!(message.body, b"he");
        assert_eq!(message.tag("From"), "1");
    }

    #[test]
    fn faults_are_listed() {
        let text = "BYE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nFrom: \"a <sip:c@d>\r\nTo: <sip:a@b>\r\n\
            CSeq: 9 INVITE\r\nContent-Length: 9\r\nMax-Forwards: 300\r\n\r\n";
        let message = Message::parse(text.as_bytes(), Names::Both).unwrap();
        assert_eq!(
            message.faults,
            [
                "body shorter than Content-Length",
                "no Call-ID",
                "bad From",
                "CSeq method is not the request's",
                "bad Max-Forwards"
            ]
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut message = Message::response(200, "OK");
        message.headers.push("Via", "SIP/2.0/UDP x;branch=z9hG4bK1");
        message.headers.push("From", "<sip:a@b>;tag=1");
        message.headers.push("To", "<sip:a@b>;tag=2");
        message.headers.push("Call-ID", "x");
        message.headers.push("CSeq", "1 BYE");
        message.body = b"abc".to_vec();
        assert_eq!(Message::parse(&message.to_bytes(), Names::Both), Some(message));
    }
}
