//! Figures of a session description.

use super::message::{integer, text, texts};
use super::present;
use crate::check::figure::Figure;
use crate::check::measure::{Measured, Unit};
use crate::check::value::{Missing, Value};
use crate::check::view::View;
use crate::evidence::timeline::Entry;
use crate::wire::sdp::{Attribute, Crypto, Media, Session};
use std::collections::BTreeSet;

/// The figure, or `None` if it is not one of a session description.
pub(super) fn read(
    figure: Figure,
    name: &str,
    entry: &Entry,
    view: &View<'_>,
) -> Option<Result<Value, Missing>> {
    if figure == Figure::Sdp {
        return Some(Ok(Value::Truth(view.session(entry).is_some())));
    }
    let what = figure.pattern().replace("NAME", name);
    if !what.starts_with("sdp.") {
        return None;
    }
    let Some(session) = view.session(entry) else {
        return Some(Err(Missing::Absent("there is no session description".to_owned())));
    };
    let value = match figure {
        Figure::SdpMediaCount => Some(Value::count(session.media.len())),
        Figure::SdpDefectsCount => Some(Value::count(session.defects().len())),
        Figure::SdpDefectsCodes => {
            let names: BTreeSet<_> = session.defects().iter().map(|it| it.code.name()).collect();
            Some(texts(names))
        }
        Figure::SdpMediaKinds => Some(each_media(session, |media| media.kind.clone())),
        Figure::SdpMediaPorts => Some(each_media(session, |media| media.port.to_string())),
        Figure::SdpMediaProtocols => Some(each_media(session, |media| media.protocol.clone())),
        Figure::SdpTime => line(session, 't').map(text),
        Figure::SdpOrigin => line(session, 'o').map(text),
        Figure::SdpAttribute => session.attribute(name).map(value_of),
        Figure::SdpSessionId => session.origin.as_ref().map(|it| text(&it.session_id)),
        Figure::SdpSessionVersion => session
            .origin
            .as_ref()
            .and_then(|origin| origin.version.parse().ok())
            .map(Value::Integer),
        _ => session.audio().and_then(|audio| of_audio(figure, name, audio)),
    };
    Some(present(value, &what))
}

fn of_audio(figure: Figure, name: &str, audio: &Media) -> Option<Value> {
    match figure {
        Figure::SdpAudioCodec => {
            let first = audio.formats.first()?.parse().ok()?;
            audio.codec(first).map(|codec| Value::Text(codec.name))
        }
        Figure::SdpAudioCodecs => {
            Some(Value::Texts(audio.codecs().into_iter().map(|codec| codec.name).collect()))
        }
        Figure::SdpAudioFormats => Some(texts(audio.formats.iter().map(String::as_str))),
        Figure::SdpAudioPort => Some(integer(audio.port)),
        Figure::SdpAudioProtocol => Some(text(&audio.protocol)),
        Figure::SdpAudioAddress => audio.connection.as_ref().map(|it| text(&it.address)),
        Figure::SdpAudioDirection => Some(text(audio.direction.name())),
        Figure::SdpAudioPtime => audio.ptime().map(|millis| {
            let value = f64::from(millis) / 1e3;
            Value::Measured(Measured { value, uncertainty: 0.0, unit: Unit::Seconds })
        }),
        Figure::SdpAudioTelephoneEvent => {
            audio.codec_named("telephone-event").map(|codec| integer(codec.payload_type))
        }
        Figure::SdpAudioCryptoCount => Some(Value::count(audio.cryptos().len())),
        Figure::SdpAudioCryptoFlaws => Some(Value::count(audio.crypto_flaws().len())),
        Figure::SdpAudioCryptoTags | Figure::SdpAudioCryptoSuites => {
            let cryptos = audio.cryptos().into_iter();
            let word = |it: Crypto| match figure {
                Figure::SdpAudioCryptoTags => it.tag,
                _ => it.suite,
            };
            Some(Value::Texts(cryptos.map(word).collect()))
        }
        Figure::SdpAudioCryptoTag
        | Figure::SdpAudioCryptoSuite
        | Figure::SdpAudioCryptoKey
        | Figure::SdpAudioCryptoParameters => {
            let crypto = audio.cryptos().into_iter().next()?;
            Some(match figure {
                Figure::SdpAudioCryptoTag => Value::Text(crypto.tag),
                Figure::SdpAudioCryptoSuite => Value::Text(crypto.suite),
                Figure::SdpAudioCryptoKey => Value::Text(crypto.keys.first()?.to_base64()),
                _ => Value::Texts(crypto.parameters),
            })
        }
        Figure::SdpAudioAttribute => audio.attribute(name).map(value_of),
        _ => None,
    }
}

fn each_media(session: &Session, what: impl Fn(&Media) -> String) -> Value {
    Value::Texts(session.media.iter().map(what).collect())
}

/// The value of the first line of that letter.
fn line(session: &Session, letter: char) -> Option<&str> {
    let found = session.lines().iter().find(|line| line.letter == Some(letter));
    found.map(|line| line.value.as_str())
}

fn value_of(attribute: &Attribute) -> Value {
    text(attribute.value.as_deref().unwrap_or_default())
}
