//! Forming a request from a URI: RFC 3261 §19.1.5.

use super::Device;
use crate::defects::Defect;
use crate::sip::Uri;

/// What a URI says of the request to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Formed {
    /// The Request-URI.
    pub(super) uri: String,
    /// The header fields that the URI asks for, as written: the device puts none of them into its
    /// requests, unless it has that defect.
    pub(super) headers: String,
}

impl Device {
    /// The request of `method` that a URI asks for.
    ///
    /// # Errors
    ///
    /// The URI asks for another method, or for an extension that the device does not have.
    pub(super) fn formed(&self, text: &str, method: &str) -> Result<Formed, String> {
        let whole = Formed { uri: text.to_owned(), headers: String::new() };
        //= RFC 3966 §5.4
        let mandatory = text.split(';').skip(1).find(|part| part.starts_with("m-"));
        if let Some(parameter) = mandatory.filter(|_| is_number(text))
            && !self.defects.has(Defect::MANDATORY_PARAMETER_IGNORED)
        {
            return Err(format!("does not know {parameter}"));
        }
        let Some(uri) =
            Uri::parse(text).filter(|uri| matches!(uri.scheme.as_str(), "sip" | "sips"))
        else {
            return Ok(whole);
        };
        let host = text.rfind('@').unwrap_or_default();
        let (user, rest) = text.split_at_checked(host).unwrap_or((text, ""));
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        let named = uri.params.get("method");
        let other = named.is_some_and(|named| named != method);
        if other && !self.defects.has(Defect::METHOD_PARAMETER_IGNORED) {
            return Err(format!("cannot send {} there", named.unwrap_or_default()));
        }
        let wanted = headers.split('&').filter_map(|header| header.split_once('='));
        let mut required = wanted.filter(|(name, _)| name.eq_ignore_ascii_case("Require"));
        let copies = !headers.is_empty() && self.defects.has(Defect::URI_HEADERS_COPIED);
        if let Some((_, extension)) = required.next()
            && !copies
        {
            return Err(format!("does not have {extension}"));
        }
        let sends = named.is_some() && self.defects.has(Defect::METHOD_PARAMETER_SENT);
        let kept = rest.split(';').filter(|part| {
            let name = part.split('=').next().unwrap_or_default();
            sends || !name.eq_ignore_ascii_case("method")
        });
        let kept: Vec<_> = kept.collect();
        let headers = if copies { headers.to_owned() } else { String::new() };
        Ok(Formed { uri: format!("{user}{}", kept.join(";")), headers })
    }
}

/// Whether a URI is a telephone number's.
pub(super) fn is_number(uri: &str) -> bool {
    uri.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("tel:"))
}

/// The header fields of a URI with their escapes undone, as a device copies them that does not look.
pub(super) fn unescaped(headers: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = headers.split('&').filter_map(|header| header.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), unescape(value)))
}

pub(super) fn unescape(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        bytes.extend(u8::from_str_radix(hex, 16));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let found: Vec<_> = unescaped("Subject=a%20b&Priority=%0D%0Ax").collect();
        let expected = [("Subject", "a b"), ("Priority", "\r\nx")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
