//! Figures of a SIP message.

use super::present;
use crate::check::figure::Figure;
use crate::check::measure::{Measured, Unit};
use crate::check::value::{Missing, Value};
use crate::wire::sip::{Message, is_registered};
use crate::wire::uri::Uri;

/// The figure, or `None` if it is not one of a message alone.
pub(super) fn read(
    figure: Figure,
    name: &str,
    message: &Message,
) -> Option<Result<Value, Missing>> {
    let uri = || message.request_uri().map(Uri::read);
    let via = || message.top_via();
    let contact = || message.contacts().into_iter().next();
    let value = match figure {
        Figure::Status => message.status().map(integer),
        Figure::Reason => message.reason().map(text),
        Figure::Version => message.version().map(text),
        Figure::Method => message.method().map(text),
        Figure::RequestUri => message.request_uri().map(text),
        Figure::RequestUriUser => uri().and_then(|uri| uri.user).map(Value::Text),
        Figure::RequestUriHost => {
            uri().map(|uri| uri.host).filter(|host| !host.is_empty()).map(Value::Text)
        }
        Figure::RequestUriPort => uri().and_then(|uri| uri.port).map(integer),
        Figure::RequestUriAor => uri().map(|uri| Value::Text(uri.aor())),
        Figure::RequestUriParam => uri().and_then(|uri| uri.params.get(name).map(text)),

        Figure::Header => message.values(name).first().copied().map(text).or_else(|| {
            // A list field without an element is there all the same.
            message.header(name).map(text)
        }),
        Figure::HeaderCount => Some(Value::count(message.values(name).len())),
        Figure::HeaderList => Some(texts(message.values(name))).filter(filled),
        Figure::HeaderNumber => {
            return Some(match message.values(name).first().copied() {
                None => Err(Missing::Absent(format!("there is no {name} header field"))),
                Some(value) => value.trim().parse().map(Value::Integer).map_err(|_| {
                    Missing::Absent(format!("the {name} header field is `{value}`, not a number"))
                }),
            });
        }
        Figure::CseqNumber => message.cseq().map(|cseq| integer(cseq.number)),
        Figure::CseqMethod => message.cseq().map(|cseq| Value::Text(cseq.method)),
        Figure::RackRseq => message.rack().map(|rack| integer(rack.rseq)),
        Figure::RackCseq => message.rack().map(|rack| integer(rack.cseq.number)),
        Figure::RackMethod => message.rack().map(|rack| Value::Text(rack.cseq.method)),
        Figure::FromTag => message.from().and_then(|from| from.tag().map(text)),
        Figure::ToTag => message.to().and_then(|to| to.tag().map(text)),
        Figure::FromUri => message.from().map(|from| Value::Text(from.uri.to_string())),
        Figure::ToUri => message.to().map(|to| Value::Text(to.uri.to_string())),
        Figure::FromAor => message.from().map(|from| Value::Text(from.uri.aor())),
        Figure::ToAor => message.to().map(|to| Value::Text(to.uri.aor())),
        Figure::ViaCount => Some(Value::count(message.values("Via").len())),
        Figure::ViaBranch => via().and_then(|via| via.branch().map(text)),
        Figure::ViaReceived => via().and_then(|via| via.received().map(text)),
        Figure::ViaRport => via().and_then(|via| via.rport()).map(integer),
        Figure::ViaTransport => via().map(|via| Value::Text(via.transport)),
        Figure::ContactUri => contact().map(|contact| Value::Text(contact.uri.to_string())),
        Figure::ContactParam => contact().and_then(|contact| contact.params.get(name).map(text)),
        Figure::ContactCount => Some(Value::count(message.values("Contact").len())),
        Figure::Expires => contact()
            .and_then(|contact| contact.params.get("expires").and_then(|text| text.parse().ok()))
            .or_else(|| message.expires())
            .map(|seconds| {
                let value = f64::from(seconds);
                Value::Measured(Measured { value, uncertainty: 0.0, unit: Unit::Seconds })
            }),
        Figure::Allow => Some(Value::Texts(message.allow())).filter(filled),
        Figure::Supported => Some(Value::Texts(message.supported())).filter(filled),
        Figure::Require => Some(Value::Texts(message.require())).filter(filled),
        Figure::OptionsPrivate => {
            let tags = ["Supported", "Require", "Proxy-Require"].map(|name| message.values(name));
            let private = tags.into_iter().flatten().filter(|tag| !is_registered(tag));
            Some(texts(private)).filter(filled)
        }
        Figure::Unsupported => Some(Value::Texts(message.unsupported())).filter(filled),
        Figure::ContentType => message.content_type().map(|kind| Value::Text(essence(&kind))),
        Figure::BodyBytes => Some(Value::count(message.body().len())),
        Figure::BodyText => Some(message.body())
            .filter(|body| !body.is_empty())
            .map(|body| Value::Text(String::from_utf8_lossy(body).into_owned())),
        Figure::DefectsCount => Some(Value::count(message.defects().len())),
        Figure::DefectsCodes => {
            let codes = message.defects().iter().map(|defect| defect.code.name());
            Some(texts(codes)).filter(filled)
        }
        _ => return None,
    };
    let what = figure.pattern().replace("NAME", name);
    Some(present(value, &what))
}

fn essence(kind: &crate::wire::sip::MediaType) -> String {
    kind.to_string().split(';').next().unwrap_or_default().trim().to_owned()
}

pub(super) fn integer(number: impl Into<i128>) -> Value {
    Value::Integer(number.into())
}

pub(super) fn text(text: impl AsRef<str>) -> Value {
    Value::Text(text.as_ref().to_owned())
}

pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::Texts(texts.into_iter().map(str::to_owned).collect())
}

fn filled(value: &Value) -> bool {
    !matches!(value, Value::Texts(texts) if texts.is_empty())
}
