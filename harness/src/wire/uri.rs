//! URIs: `sip`, `sips`, `tel`, and others as opaque text (RFC 3261 §19.1, RFC 3966).

use super::defect::{DefectCode, Flaws};
use super::params::Params;
use super::tokens::{is_digits, is_uri_text, percent_decode};
use core::net::{Ipv4Addr, Ipv6Addr};
use std::fmt;

/// A URI, as far as it could be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Uri {
    /// What comes before the first colon.
    pub scheme: Scheme,
    /// The user of a `sip` or `sips` URI, the number of a `tel` URI; escapes are not decoded.
    pub user: Option<String>,
    /// The password, which nobody should send.
    pub password: Option<String>,
    /// The host; an IPv6 address keeps its brackets. Empty for `tel` and for other schemes.
    pub host: String,
    /// The port, if one is given.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params,
    /// The header fields after `?`, in order, escapes not decoded.
    pub headers: Vec<(String, String)>,
    /// What follows the colon, for a scheme that is not understood.
    pub opaque: Option<String>,
}

/// The scheme of a URI.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Scheme {
    /// `sip`
    Sip,
    /// `sips`
    Sips,
    /// `tel`
    Tel,
    /// Any other, as written; empty if there is no colon.
    Other(String),
}

impl Uri {
    /// A `sip` URI of `user` at `host`, which may be a name or an address.
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Self {
        let host = match host.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => host.to_owned(),
        };
        Self {
            scheme: Scheme::Sip,
            user: user.map(str::to_owned),
            password: None,
            host,
            port,
            params: Params::default(),
            headers: Vec::new(),
            opaque: None,
        }
    }

    /// What an address of record has: scheme, user and host, the host in small letters; without the port
    /// and the parameters that RFC 3261 §19.1.1 (table 1) forbids in a To and a From.
    pub fn aor(&self) -> String {
        let address = Self {
            host: self.host.to_ascii_lowercase(),
            password: None,
            port: None,
            params: Params::default(),
            headers: Vec::new(),
            ..self.clone()
        };
        address.to_string()
    }

    /// Reads as much as can be read; what cannot is kept as opaque text.
    pub fn read(text: &str) -> Self {
        Self::scan(text, &mut Flaws::default())
    }

    /// Reads a URI that must be free of flaws.
    ///
    /// # Errors
    ///
    /// [`UriFlawed`] with the first thing that is wrong. The fault is that of whoever wrote `text`.
    pub fn parse(text: &str) -> Result<Self, UriFlawed> {
        let mut flaws = Flaws::default();
        let uri = Self::scan(text, &mut flaws);
        match flaws.at(&(0..text.len())).next() {
            Some(defect) => Err(UriFlawed(defect.text)),
            None => Ok(uri),
        }
    }

    pub(in crate::wire) fn scan(text: &str, flaws: &mut Flaws) -> Self {
        let note = |flaws: &mut Flaws, why: String| flaws.note(DefectCode::UriInvalid, why);
        if text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')) {
            note(flaws, format!("`{text}` holds a space, quote or bracket"));
        }
        let text = text.trim();
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        let scheme = match scheme {
            _ if scheme.eq_ignore_ascii_case("sip") => Scheme::Sip,
            _ if scheme.eq_ignore_ascii_case("sips") => Scheme::Sips,
            _ if scheme.eq_ignore_ascii_case("tel") => Scheme::Tel,
            _ => Scheme::Other(scheme.to_owned()),
        };
        let mut uri = Self { scheme, ..Self::sip(None, "", None) };
        match &uri.scheme {
            Scheme::Sip | Scheme::Sips => uri.scan_sip(rest, flaws),
            Scheme::Tel => uri.scan_tel(rest, flaws),
            Scheme::Other(name) => {
                let sound = name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
                    && !rest.is_empty();
                if !sound {
                    note(flaws, format!("`{text}` has no scheme"));
                }
                uri.opaque = Some(rest.to_owned());
            }
        }
        uri
    }

    fn scan_sip(&mut self, rest: &str, flaws: &mut Flaws) {
        let mut note = |why: String| flaws.note(DefectCode::UriInvalid, why);
        let location = match rest.split_once('@') {
            Some((userinfo, location)) => {
                let (user, password) = match userinfo.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (userinfo, None),
                };
                if user.is_empty() || !is_uri_text(user, b"&=+$,;?/") {
                    note(format!("`{user}` is not a user"));
                }
                if password.is_some_and(|text| !is_uri_text(text, b"&=+$,")) {
                    note("the password holds characters that it must not".to_owned());
                }
                self.user = Some(user.to_owned());
                self.password = password.map(str::to_owned);
                location
            }
            None => rest,
        };
        let (before, headers) = match location.split_once('?') {
            Some((before, headers)) => (before, Some(headers)),
            None => (location, None),
        };
        let (hostport, params) = match before.split_once(';') {
            Some((hostport, params)) => (hostport, Some(params)),
            None => (before, None),
        };
        if let Some((host, port)) = scan_hostport(hostport) {
            host.clone_into(&mut self.host);
            self.port = port;
        } else {
            note(format!("`{hostport}` is not a host and port"));
            hostport.clone_into(&mut self.host);
        }
        for header in headers.into_iter().flat_map(|headers| headers.split('&')) {
            let (name, value) = header.split_once('=').unwrap_or((header, ""));
            let sound = |text: &str| is_uri_text(text, b"[]/?:+$");
            if name.is_empty() || !header.contains('=') || !sound(name) || !sound(value) {
                note(format!("`{header}` is not a header field of a URI"));
            }
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        if let Some(params) = params {
            self.params = Params::scan_uri(params, flaws);
        }
    }

    fn scan_tel(&mut self, rest: &str, flaws: &mut Flaws) {
        let (number, params) = match rest.split_once(';') {
            Some((number, params)) => (number, Some(params)),
            None => (rest, None),
        };
        let digits = number.strip_prefix('+').unwrap_or(number);
        let local = !number.starts_with('+');
        //= RFC 3966 §3
        let sound = !digits.is_empty()
            && digits.bytes().all(|b| {
                b.is_ascii_digit()
                    || b"-.()".contains(&b)
                    || (local && (b.is_ascii_hexdigit() || b"*#".contains(&b)))
            });
        if !sound {
            flaws.note(DefectCode::UriInvalid, format!("`{number}` is not a telephone number"));
        }
        self.user = Some(number.to_owned());
        if let Some(params) = params {
            self.params = Params::scan_uri(params, flaws);
        }
    }

    /// The user with its escapes decoded; bytes that are not UTF-8 are replaced.
    pub fn user_decoded(&self) -> Option<String> {
        let user = self.user.as_deref()?;
        Some(String::from_utf8_lossy(&percent_decode(user)).into_owned())
    }

    /// Whether two URIs are the same by the rules of RFC 3261 §19.1.4.
    ///
    /// For other schemes than `sip` and `sips`: whether they are written the same.
    pub fn is_equivalent(&self, other: &Self) -> bool {
        if !matches!(self.scheme, Scheme::Sip | Scheme::Sips) {
            return self == other;
        }
        //= RFC 3261 §19.1.4
        let same = |a: &str, b: &str| percent_decode(a) == percent_decode(b);
        let same_option = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => same(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.scheme == other.scheme
            && same_option(&self.user, &other.user)
            && same_option(&self.password, &other.password)
            && same_host(&self.host, &other.host)
            && self.port == other.port
            && self.params_match(other)
            && other.params_match(self)
            && self.headers.len() == other.headers.len()
            && self.headers.iter().all(|(name, value)| {
                other.headers.iter().any(|(their_name, their_value)| {
                    decoded_lower(name) == decoded_lower(their_name) && same(value, their_value)
                })
            })
    }

    fn params_match(&self, other: &Self) -> bool {
        self.params.iter().all(|param| {
            let name = String::from_utf8_lossy(&percent_decode(&param.name)).into_owned();
            let ours = param.value.as_deref().unwrap_or_default();
            let theirs = other
                .params
                .iter()
                .find(|theirs| decoded_lower(&theirs.name) == decoded_lower(&param.name));
            match theirs {
                Some(theirs) => {
                    decoded_lower(ours)
                        == decoded_lower(theirs.value.as_deref().unwrap_or_default())
                }
                None => !PARAMS_THAT_COUNT.iter().any(|p| p.eq_ignore_ascii_case(&name)),
            }
        })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scheme {
            Scheme::Sip => f.write_str("sip:")?,
            Scheme::Sips => f.write_str("sips:")?,
            Scheme::Tel => f.write_str("tel:")?,
            Scheme::Other(name) if name.is_empty() => {}
            Scheme::Other(name) => write!(f, "{name}:")?,
        }
        if let Some(opaque) = &self.opaque {
            return f.write_str(opaque);
        }
        f.write_str(self.user.as_deref().unwrap_or_default())?;
        if let Some(password) = &self.password {
            write!(f, ":{password}")?;
        }
        if self.user.is_some() && self.scheme != Scheme::Tel {
            f.write_str("@")?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        for (index, (name, value)) in self.headers.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// A URI that breaks the grammar.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("read the URI: {0}")]
pub struct UriFlawed(String);

/// A host and an optional port; `None` unless both are well formed.
pub(in crate::wire) fn scan_hostport(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, rest) = if text.starts_with('[') {
        let (address, rest) = text.split_once(']')?;
        address.strip_prefix('[')?.parse::<Ipv6Addr>().ok()?;
        (text.get(..=address.len())?, rest)
    } else {
        text.split_at(text.find(':').unwrap_or(text.len()))
    };
    let port = match rest.trim().strip_prefix(':') {
        Some(digits) => {
            let digits = digits.trim_start();
            Some(is_digits(digits).then(|| digits.parse().ok()).flatten()?)
        }
        None if rest.is_empty() => None,
        None => return None,
    };
    let host = host.trim_end();
    (host.starts_with('[') || is_hostname(host)).then_some((host, port))
}

fn is_hostname(host: &str) -> bool {
    if host.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    name.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

fn same_host(a: &str, b: &str) -> bool {
    let address = |host: &str| host.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    match (address(a), address(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

fn decoded_lower(text: &str) -> Vec<u8> {
    percent_decode(text).to_ascii_lowercase()
}

/// Parameters that, when only one of two URIs has them, make the two differ.
const PARAMS_THAT_COUNT: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

#[cfg(test)]
mod tests;
