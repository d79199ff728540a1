//! Figures of challenges and credentials.

use super::message::text;
use super::present;
use crate::check::expression::node::{Argument, Reading};
use crate::check::figure::Figure;
use crate::check::value::{Missing, Value};
use crate::check::view::View;
use crate::evidence::timeline::{Entry, Seen};
use crate::proto::auth::{Account, Algorithm, Proof, Protection, Session};
use crate::wire::sip::{AuthParams, Message};

/// The figure, or `None` if it is not one of challenges and credentials.
pub(super) fn read(
    reading: &Reading,
    entry: &Entry,
    message: &Message,
    view: &View<'_>,
) -> Option<Result<Value, Missing>> {
    let figure = reading.figure;
    let credentials = || message.credentials().into_iter().next();
    let challenge = || message.challenges().into_iter().next();
    let (params, name) = match figure {
        Figure::AuthValid => return Some(is_valid(reading, entry, message, view)),
        Figure::AuthScheme => return Some(scheme(credentials(), "credentials")),
        Figure::AuthAlgorithm => return Some(algorithm(credentials(), "credentials")),
        Figure::AuthUsername => (credentials(), "username"),
        Figure::AuthRealm => (credentials(), "realm"),
        Figure::AuthNonce => (credentials(), "nonce"),
        Figure::AuthUri => (credentials(), "uri"),
        Figure::AuthResponse => (credentials(), "response"),
        Figure::AuthQop => (credentials(), "qop"),
        Figure::AuthNc => (credentials(), "nc"),
        Figure::AuthCnonce => (credentials(), "cnonce"),
        Figure::AuthOpaque => (credentials(), "opaque"),
        Figure::ChallengeCount => return Some(Ok(Value::count(message.challenges().len()))),
        Figure::ChallengeScheme => return Some(scheme(challenge(), "challenge")),
        Figure::ChallengeAlgorithm => return Some(algorithm(challenge(), "challenge")),
        Figure::ChallengeAlgorithms => {
            let names: Vec<_> = message.challenges().iter().map(algorithm_of).collect();
            let value = Some(names).filter(|names| !names.is_empty()).map(Value::Texts);
            return Some(present(value, "challenge"));
        }
        Figure::ChallengeRealm => (challenge(), "realm"),
        Figure::ChallengeNonce => (challenge(), "nonce"),
        Figure::ChallengeOpaque => (challenge(), "opaque"),
        Figure::ChallengeStale => (challenge(), "stale"),
        Figure::ChallengeQop => {
            let value = challenge().and_then(|params| params.get("qop")).map(|qop| {
                Value::Texts(qop.split(',').map(|option| option.trim().to_owned()).collect())
            });
            return Some(present(value, figure.pattern()));
        }
        _ => return None,
    };
    Some(present(params.and_then(|params| params.get(name)).map(text), figure.pattern()))
}

fn scheme(params: Option<AuthParams>, what: &str) -> Result<Value, Missing> {
    present(params.map(|params| Value::Text(params.scheme)), what)
}

fn algorithm(params: Option<AuthParams>, what: &str) -> Result<Value, Missing> {
    present(params.map(|params| Value::Text(algorithm_of(&params))), what)
}

fn algorithm_of(params: &AuthParams) -> String {
    //= RFC 7616 §3.3
    params.get("algorithm").unwrap_or_else(|| "MD5".to_owned())
}

/// Computes the response again from the password, the request and what we challenged with.
fn is_valid(
    reading: &Reading,
    entry: &Entry,
    message: &Message,
    view: &View<'_>,
) -> Result<Value, Missing> {
    let [Argument::Text(user), Argument::Text(password)] = reading.arguments.as_slice() else {
        return Err(Missing::Unknown("auth.valid lacks its user or password".to_owned()));
    };
    let credentials = message.credentials();
    let Some(digest) = credentials.iter().find(|params| params.is_digest()) else {
        return Err(Missing::Absent("there are no digest credentials".to_owned()));
    };
    let Some(method) = message.method() else {
        return Err(Missing::Absent("a response has no credentials".to_owned()));
    };
    let get = |name: &str| {
        digest.get(name).ok_or_else(|| Missing::Absent(format!("the credentials have no {name}")))
    };
    let (nonce, realm, uri, response) =
        (get("nonce")?, get("realm")?, get("uri")?, get("response")?);
    let Some(role) = view.role(reading.step) else {
        return Err(Missing::Unknown("the step has no role".to_owned()));
    };
    let challenge = view
        .signalling(role)
        .filter(|(sent, _)| sent.seq < entry.seq && matches!(sent.seen, Seen::Sent(_)))
        .flat_map(|(_, message)| message.challenges())
        .filter(|params| params.get("nonce").as_deref() == Some(&nonce))
        .filter(|params| algorithm_of(params).eq_ignore_ascii_case(&algorithm_of(digest)))
        .last();
    let Some(challenge) = challenge else { return Ok(Value::Truth(false)) };
    let named = algorithm_of(digest);
    //= RFC 7616 §3.3
    let (base, session) =
        match named.len().checked_sub(SESSION.len()).and_then(|at| named.split_at_checked(at)) {
            Some((base, end)) if end.eq_ignore_ascii_case(SESSION) => (base, Session::Bound),
            _ => (named.as_str(), Session::Plain),
        };
    let Ok(algorithm) = base.parse::<Algorithm>() else {
        return Err(Missing::Unknown(format!("digests of algorithm {named} are not computed")));
    };
    let (nc, cnonce) = (digest.get("nc"), digest.get("cnonce"));
    let offered = challenge.get("qop").unwrap_or_default();
    let offers = |name: &str| offered.split(',').any(|qop| qop.trim().eq_ignore_ascii_case(name));
    let qop = match (digest.get("qop"), nc.as_deref(), cnonce.as_deref()) {
        (Some(qop), Some(nc), Some(cnonce)) if offers(&qop) && qop.eq_ignore_ascii_case("auth") => {
            Some(Protection { nc, cnonce, body: None })
        }
        (Some(qop), Some(nc), Some(cnonce))
            if offers(&qop) && qop.eq_ignore_ascii_case("auth-int") =>
        {
            Some(Protection { nc, cnonce, body: Some(message.body()) })
        }
        // Of no quality of protection that was offered, or without what it needs.
        (Some(_), ..) => return Ok(Value::Truth(false)),
        (None, ..) => None,
    };
    let proof = Proof { algorithm, realm: &realm, nonce: &nonce, method, uri: &uri, session, qop };
    //= RFC 7616 §3.4.4
    let hidden = digest.get("userhash").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let named = if hidden { algorithm.hash(&format!("{user}:{realm}")) } else { user.clone() };
    let account = Account { user: user.clone(), password: password.clone() };
    Ok(Value::Truth(
        challenge.get("realm").as_deref() == Some(&realm)
            && challenge.get("opaque") == digest.get("opaque")
            && digest.get("username") == Some(named)
            && response.eq_ignore_ascii_case(&proof.response(&account)),
    ))
}

/// How the names of algorithms end that bind a session.
const SESSION: &str = "-sess";
