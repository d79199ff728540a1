//! What a certificate says: as much of X.509 (RFC 5280 §4.1) as the device has to know.

use std::net::IpAddr;

use intercom::{Anchor, Name, Shown};

/// Reads a certificate; `None` if it is none.
pub(super) fn read(der: &[u8], anchor: Anchor) -> Option<Shown> {
    let (_, certificate, _) = element(der)?;
    let (_, signed, _) = element(certificate)?;
    let mut fields =
        Elements(signed).filter(|(tag, _)| *tag != VERSION).map(|(_, content)| content);
    let (_serial, _algorithm, issuer) = (fields.next()?, fields.next()?, fields.next()?);
    let (validity, subject) = (fields.next()?, fields.next()?);
    let mut times = Elements(validity);
    let (not_before, not_after) = (time(times.next()?)?, time(times.next()?)?);
    let extensions = Elements(signed).find(|(tag, _)| *tag == EXTENSIONS);
    let names = extensions.map(|(_, content)| names(content)).unwrap_or_default();
    let anchor =
        if anchor == Anchor::Unknown && issuer == subject { Anchor::Itself } else { anchor };
    Some(Shown { anchor, not_before, not_after, names, common_name: common_name(subject) })
}

/// The elements of a content, one after another; the rest that cannot be read is left out.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, content, rest) = element(self.0)?;
        self.0 = rest;
        Some((tag, content))
    }
}

/// The tag and the content of the first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, short], rest) = bytes.split_first_chunk()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
        if digits.is_empty() || digits.len() > 3 {
            return None;
        }
        (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The subject alternative names among extensions.
fn names(extensions: &[u8]) -> Vec<Name> {
    let list = element(extensions).map(|(_, list, _)| list).unwrap_or_default();
    let of = |extension: &[u8]| -> Option<Vec<Name>> {
        let mut parts = Elements(extension);
        let (_, oid) = parts.next()?;
        let (_, value) = parts.last()?;
        let (_, names, _) = element(value)?;
        (oid == ALTERNATIVE_NAME).then(|| Elements(names).filter_map(name).collect())
    };
    Elements(list).find_map(|(_, extension)| of(extension)).unwrap_or_default()
}

fn name((tag, content): (u8, &[u8])) -> Option<Name> {
    let text = || String::from_utf8(content.to_vec()).ok();
    match tag {
        0x82 => text().map(Name::Dns),
        0x86 => text().map(Name::Uri),
        0x87 => {
            let v4 = <[u8; 4]>::try_from(content).map(IpAddr::from);
            let v6 = || <[u8; 16]>::try_from(content).map(IpAddr::from);
            v4.or_else(|_| v6()).ok().map(Name::Ip)
        }
        _ => None,
    }
}

fn common_name(subject: &[u8]) -> Option<String> {
    let of = |set: &[u8]| -> Option<String> {
        let (_, pair, _) = element(set)?;
        let mut parts = Elements(pair);
        let ((_, oid), (_, value)) = (parts.next()?, parts.next()?);
        (oid == COMMON_NAME).then(|| String::from_utf8_lossy(value).into_owned())
    };
    Elements(subject).find_map(|(_, set)| of(set))
}

/// Seconds since 1970 of a `UTCTime` or a `GeneralizedTime`.
fn time((tag, content): (u8, &[u8])) -> Option<u64> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (century, text) = match tag {
        UTC_TIME => {
            let year: u8 = text.get(..2)?.parse().ok()?;
            (if year < 50 { "20" } else { "19" }, text)
        }
        _ => text.split_at_checked(2)?,
    };
    let part = |at: usize| text.get(at..at + 2);
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    let (hour, minute, second) = (part(6)?, part(8)?, part(10)?);
    // A certificate without an end has the year 9999.
    intercom::unix_time(&format!("{century}{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const UTC_TIME: u8 = 0x17;
/// 2.5.29.17
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_of_one_byte_or_of_several() {
        assert_eq!(element(&[4, 1, 9, 7]), Some((4, &[9_u8][..], &[7_u8][..])));
        let long = [&[4, 0x81, 200][..], &[0; 200]].concat();
        assert_eq!(element(&long).map(|(_, content, _)| content.len()), Some(200));
        for bytes in [&[][..], &[4], &[4, 2, 1], &[4, 0x80, 1], &[4, 0x84, 0, 0, 0, 1, 1]] {
            assert_eq!(element(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn times_are_of_two_kinds() {
        assert_eq!(time((UTC_TIME, b"101113232900Z")), Some(1_289_690_940));
        assert_eq!(time((0x18, b"20101113232900Z")), Some(1_289_690_940));
        assert_eq!(time((UTC_TIME, b"500101000000Z")), None);
        assert_eq!(time((UTC_TIME, b"10")), None);
    }
}
