//! From lines to a session.

use super::{Attribute, Codec, Connection, Direction, Line, Media, Origin, Session};
use crate::wire::defect::{Defect, DefectCode};
use crate::wire::tokens::is_digits;
use std::ops::Range;

pub(super) fn read(body: &[u8]) -> Session {
    let mut session = Session {
        origin: None,
        name: None,
        connection: None,
        direction: Direction::default(),
        attributes: Vec::new(),
        media: Vec::new(),
        bytes: body.to_vec(),
        lines: Vec::new(),
        defects: Vec::new(),
    };
    let lines = cut(body, &mut session.defects);
    check_order(&lines, &mut session.defects);
    for line in &lines {
        take(&mut session, line);
    }
    session.lines = lines;
    settle(&mut session);
    session.defects.sort_by_key(|defect| (defect.at.start, defect.code));
    session
}

fn cut(body: &[u8], defects: &mut Vec<Defect>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut bare = 0_usize;
    for part in body.split_inclusive(|&byte| byte == b'\n') {
        let end = start + part.len();
        let content = match part {
            [content @ .., b'\r', b'\n'] => content,
            [content @ .., b'\n'] => {
                bare += 1;
                content
            }
            content => {
                defects.push(Defect::new(
                    DefectCode::SdpUnended,
                    end..end,
                    "the last line is not ended",
                ));
                content
            }
        };
        let at = start..start + content.len();
        start = end;
        let text = String::from_utf8_lossy(content).into_owned();
        let mut chars = text.chars();
        let letter = chars.next().filter(|c| c.is_ascii_lowercase() && chars.next() == Some('='));
        if letter.is_none() {
            defects.push(Defect::new(
                DefectCode::SdpLineInvalid,
                at.clone(),
                format!("`{text}` is not a letter, an equals sign and a value"),
            ));
        }
        let value = letter.and_then(|_| text.get(2..)).unwrap_or(&text).to_owned();
        lines.push(Line { letter, value, at });
    }
    if bare > 0 {
        let text = format!("{bare} line(s) end in LF without CR");
        defects.push(Defect::new(DefectCode::SdpBareLf, 0..body.len(), text));
    }
    lines
}

fn check_order(lines: &[Line], defects: &mut Vec<Defect>) {
    let mut order = SESSION_ORDER;
    let mut reached = 0;
    let mut seen: Vec<char> = Vec::new();
    for (letter, at) in lines.iter().filter_map(|line| Some((line.letter?, &line.at))) {
        if letter == 'm' {
            order = MEDIA_ORDER;
            reached = 0;
            seen.clear();
        }
        // A time description is `t=` with any number of `r=`, and may be repeated.
        let sought = if letter == 'r' { 't' } else { letter };
        match order.find(sought) {
            Some(rank) if rank < reached => defects.push(Defect::new(
                DefectCode::SdpOrder,
                at.clone(),
                format!("`{letter}=` comes too late"),
            )),
            Some(rank) => reached = rank,
            None => defects.push(Defect::new(
                DefectCode::SdpOrder,
                at.clone(),
                format!("`{letter}=` has no place here"),
            )),
        }
        let once = "vosiuzk".contains(letter) || (letter == 'c' && order == SESSION_ORDER);
        if once && seen.contains(&letter) {
            defects.push(Defect::new(
                DefectCode::SdpRepeatedLine,
                at.clone(),
                format!("`{letter}=` may appear once only"),
            ));
        }
        seen.push(letter);
    }
    //= RFC 4566 §5
    for letter in ['v', 'o', 's', 't'] {
        if !lines.iter().any(|line| line.letter == Some(letter)) {
            defects.push(Defect::new(
                DefectCode::SdpMissingLine,
                0..0,
                format!("there is no `{letter}=`"),
            ));
        }
    }
}

fn take(session: &mut Session, line: &Line) {
    let Some(letter) = line.letter else { return };
    let value = line.value.as_str();
    let media = session.media.last_mut();
    let sound = match letter {
        'v' => value == "0",
        'o' => {
            session.origin = read_origin(value);
            session.origin.is_some()
        }
        's' => {
            session.name = Some(value.to_owned());
            true
        }
        'c' => {
            let connection = read_connection(value);
            let sound = connection.is_some();
            match media {
                Some(media) => media.connection = media.connection.take().or(connection),
                None => session.connection = session.connection.take().or(connection),
            }
            sound
        }
        't' => matches!(value.split_once(' '), Some((a, b)) if is_digits(a) && is_digits(b)),
        'm' => {
            let media = read_media(value, &line.at);
            let sound = media.is_some();
            session.media.extend(media);
            sound
        }
        'a' => {
            let attribute = Attribute::read(value);
            let sound = sound_attribute(&attribute);
            match media {
                Some(media) => media.attributes.push(attribute),
                None => session.attributes.push(attribute),
            }
            sound
        }
        _ => true,
    };
    if !sound {
        session.defects.push(Defect::new(
            DefectCode::SdpValueInvalid,
            line.at.clone(),
            format!("the value of `{letter}={value}` cannot be read"),
        ));
    }
}

/// What can be said only when every line has been read.
fn settle(session: &mut Session) {
    let stated = |attributes: &[Attribute]| attributes.iter().find_map(Direction::of);
    session.direction = stated(&session.attributes).unwrap_or_default();
    //= RFC 4568 §4
    if session.attribute("crypto").is_some() {
        let text = "a=crypto stands for the session; it belongs to a stream";
        session.defects.push(Defect::new(DefectCode::SdpCryptoInvalid, 0..0, text));
    }
    for media in &mut session.media {
        media.direction = stated(&media.attributes).unwrap_or(session.direction);
        media.connection = media.connection.take().or_else(|| session.connection.clone());
        //= RFC 4566 §5.7
        if media.connection.is_none() {
            session.defects.push(
                Defect::new(
                    DefectCode::SdpMissingLine,
                    media.at.clone(),
                    "there is no `c=`, neither here nor for the session",
                )
                .citing("RFC 4566 §5.7"),
            );
        }
        if !media.protocol.starts_with("RTP/") || media.is_rejected() {
            continue;
        }
        for flaw in media.crypto_flaws() {
            let text = format!("a=crypto: {flaw}");
            let defect = Defect::new(DefectCode::SdpCryptoInvalid, media.at.clone(), text);
            session.defects.push(defect);
        }
        for payload_type in media.payload_types() {
            if payload_type >= 96 && media.codec(payload_type).is_none() {
                session.defects.push(Defect::new(
                    DefectCode::SdpNoRtpmap,
                    media.at.clone(),
                    format!("nothing says what payload type {payload_type} stands for"),
                ));
            }
        }
    }
}

fn read_origin(value: &str) -> Option<Origin> {
    let words: Vec<&str> = value.split(' ').collect();
    let &[username, session_id, version, "IN", address_type, address] = words.as_slice() else {
        return None;
    };
    let sound = !username.is_empty()
        && is_digits(session_id)
        && is_digits(version)
        && matches!(address_type, "IP4" | "IP6")
        && !address.is_empty();
    sound.then(|| Origin {
        username: username.to_owned(),
        session_id: session_id.to_owned(),
        version: version.to_owned(),
        address_type: address_type.to_owned(),
        address: address.to_owned(),
    })
}

fn read_connection(value: &str) -> Option<Connection> {
    let words: Vec<&str> = value.split(' ').collect();
    let &["IN", address_type, address] = words.as_slice() else { return None };
    let address = address.split('/').next().filter(|address| !address.is_empty())?;
    matches!(address_type, "IP4" | "IP6")
        .then(|| Connection { address_type: address_type.to_owned(), address: address.to_owned() })
}

fn read_media(value: &str, at: &Range<usize>) -> Option<Media> {
    let mut words = value.split(' ').filter(|word| !word.is_empty());
    let (kind, ports, protocol) = (words.next()?, words.next()?, words.next()?);
    let port = ports.split('/').next()?.parse().ok()?;
    let formats: Vec<String> = words.map(str::to_owned).collect();
    (!formats.is_empty()).then(|| Media {
        kind: kind.to_owned(),
        port,
        protocol: protocol.to_owned(),
        formats,
        connection: None,
        direction: Direction::default(),
        attributes: Vec::new(),
        at: at.clone(),
    })
}

fn sound_attribute(attribute: &Attribute) -> bool {
    let value = attribute.value.as_deref();
    match attribute.name.as_str() {
        "rtpmap" => value.and_then(|value| value.split_once(' ')).is_some_and(|(pt, encoding)| {
            pt.parse().is_ok_and(|pt: u8| pt < 128 && Codec::read(pt, encoding).is_some())
        }),
        "fmtp" => value.is_some_and(|value| value.contains(' ')),
        "ptime" | "maxptime" => value.is_some_and(|value| is_digits(value.trim())),
        "sendrecv" | "sendonly" | "recvonly" | "inactive" => value.is_none(),
        name => !name.is_empty(),
    }
}

/// The order of lines: RFC 4566 §5 and §9.
const SESSION_ORDER: &str = "vosiuepcbtzka";
const MEDIA_ORDER: &str = "micbka";
