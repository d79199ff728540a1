//! Performance of signalling over the whole case, as RFC 6076 defines it, seen at our ends.

use crate::check::expression::node::Reading;
use crate::check::figure::Figure;
use crate::check::measure::{Measured, Unit, counted};
use crate::check::value::{Read, Value};
use crate::check::view::{Instant, View};
use crate::evidence::timeline::{Entry, Seen, Seq};
use crate::wire::sip::Message;

/// The figure, or `None` if it is not one of signalling as a whole.
pub(super) fn read(reading: &Reading, view: &View<'_>) -> Option<Read> {
    let figure = reading.figure;
    if !figure.pattern().starts_with("kpi.") {
        return None;
    }
    let attempts = Attempts::of(view);
    Some(match figure {
        Figure::KpiSrd => {
            attempts.span("INVITE", Way::Ours, view, |status| (101..300).contains(&status))
        }
        Figure::KpiSdd => {
            attempts.span("BYE", Way::Ours, view, |status| (200..300).contains(&status))
        }
        Figure::KpiRrd => attempts.registration(view),
        Figure::KpiSer => attempts.part(|status| (200..300).contains(&status)),
        Figure::KpiIsa => attempts.part(|status| matches!(status, 408 | 500 | 503 | 504)),
        _ => return None,
    })
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Ours,
    Theirs,
}

/// One request and the responses to it, in the order in which they were seen.
struct Attempt<'a> {
    method: String,
    way: Way,
    request: &'a Entry,
    /// Call-ID and number of the `CSeq`.
    key: (String, u32),
    within: bool,
    responses: Vec<(u16, &'a Entry)>,
}

struct Attempts<'a> {
    list: Vec<Attempt<'a>>,
}

impl<'a> Attempts<'a> {
    fn of(view: &View<'a>) -> Self {
        let mut list: Vec<Attempt<'a>> = Vec::new();
        let roles = view.roles();
        for (entry, message) in roles.flat_map(|role| view.signalling(role)) {
            let Some((key, method)) = key(message) else { continue };
            let sent = matches!(entry.seen, Seen::Sent(_));
            if let Some(status) = message.status() {
                let way = if sent { Way::Theirs } else { Way::Ours };
                let of =
                    |it: &&mut Attempt<'_>| it.key == key && it.method == method && it.way == way;
                if let Some(attempt) = list.iter_mut().rev().find(of) {
                    attempt.responses.push((status, entry));
                }
                continue;
            }
            let way = if sent { Way::Ours } else { Way::Theirs };
            // A request that is sent again is the same attempt.
            if !list.iter().any(|it| it.key == key && it.method == method && it.way == way) {
                let within = message.to().is_some_and(|to| to.tag().is_some());
                list.push(Attempt {
                    method,
                    way,
                    request: entry,
                    key,
                    within,
                    responses: Vec::new(),
                });
            }
        }
        Self { list }
    }

    /// From the first request of a method that has such a response to that response.
    fn span(&self, method: &str, way: Way, view: &View<'_>, is: impl Fn(u16) -> bool) -> Read {
        let mut of_method = self.list.iter().filter(|it| it.method == method && it.way == way);
        let Some((attempt, response)) = of_method.find_map(|attempt| {
            let (_, response) = attempt.responses.iter().find(|(status, _)| is(*status))?;
            Some((attempt, *response))
        }) else {
            return Read::absent(format!("no {method} of ours has such a response"), []);
        };
        between(view.instant(attempt.request), view.instant(response), view)
    }

    /// From the first REGISTER of the device to the 2xx that we gave it, challenges between included.
    fn registration(&self, view: &View<'_>) -> Read {
        let registers =
            || self.list.iter().filter(|it| it.method == "REGISTER" && it.way == Way::Theirs);
        let Some(first) = registers().next() else {
            return Read::absent("the device did not register", []);
        };
        let accepted = registers().find_map(|attempt| {
            let accepted = |(status, _): &&(u16, &'a Entry)| (200..300).contains(status);
            attempt.responses.iter().find(accepted).map(|(_, entry)| *entry)
        });
        let Some(accepted) = accepted else {
            return Read::absent("no REGISTER of the device was accepted", [first.request.seq]);
        };
        between(view.instant(first.request), view.instant(accepted), view)
    }

    /// The part of our calls that ended in such a response. A challenge is not the end of an attempt, and
    /// a call that was sent elsewhere (3xx) is not counted.
    fn part(&self, is: impl Fn(u16) -> bool) -> Read {
        let calls = self
            .list
            .iter()
            .filter(|it| it.method == "INVITE" && it.way == Way::Ours && !it.within);
        let last = |attempt: &Attempt<'_>| {
            attempt.responses.iter().map(|(status, _)| *status).find(|status| *status >= 200)
        };
        let counted_calls: Vec<_> = calls
            .filter(|it| !last(it).is_some_and(|status| matches!(status, 300..=399 | 401 | 407)))
            .collect();
        let seqs: Vec<Seq> = counted_calls.iter().map(|it| it.request.seq).collect();
        if counted_calls.is_empty() {
            return Read::absent("we called nobody", []);
        }
        let such = counted_calls.iter().filter(|it| last(it).is_some_and(&is)).count();
        let value = counted(such) / counted(counted_calls.len());
        Read::of(Value::Measured(Measured { value, uncertainty: 0.0, unit: Unit::Ratio }), seqs)
    }
}

fn key(message: &Message) -> Option<((String, u32), String)> {
    let cseq = message.cseq()?;
    Some(((message.call_id()?.to_owned(), cseq.number), cseq.method.clone()))
}

fn between(from: Instant, to: Instant, view: &View<'_>) -> Read {
    Read::of(Value::Measured(view.between(from, to)), [from.seq, to.seq])
}
