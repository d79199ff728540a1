//! A timeline as checks see it: steps with their ends, messages decoded once, stalls.

use super::measure::audio::Tone;
use super::measure::{Measured, Unit};
use super::subject::{Subject, SubjectKind};
use crate::evidence::formats::Formats;
use crate::evidence::plain::Plain;
use crate::evidence::point::{Pco, Point, RolePoint};
use crate::evidence::step::StepId;
use crate::evidence::streams::Streams;
use crate::evidence::timeline::{Entry, Seen, Seq, Timeline};
use crate::time::Tick;
use crate::wire::sdp::Session;
use crate::wire::sip::Message;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

/// An index over one case. Nothing is decoded before it is asked for, and nothing twice.
#[derive(Debug)]
pub(super) struct View<'a> {
    timeline: &'a Timeline,
    subjects: &'a [Subject],
    uncertainties: BTreeMap<Pco, Duration>,
    steps: BTreeMap<StepId, Course<'a>>,
    stalls: Vec<(Tick, Tick)>,
    streams: Streams,
    formats: OnceCell<Formats>,
    plain: Plain,
    tones: RefCell<BTreeMap<StepId, Toned>>,
    decoded: Vec<OnceCell<Box<Decoded>>>,
}

#[derive(Debug)]
struct Decoded {
    message: Message,
    session: Option<Session>,
}

/// A tone, or why there is none.
type Toned = Result<Tone, &'static str>;

/// How a step went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course<'a> {
    /// The mark of the interpreter's coming to it.
    pub(super) reached: Option<&'a Entry>,
    /// The mark of its end, if it ended.
    pub(super) ended: Option<(&'a Entry, End<'a>)>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End<'a> {
    /// It was met, by an entry where one met it.
    Met(Option<&'a Entry>),
    /// It was optional and passed over.
    Skipped,
    /// It was not met, and why.
    Unmet(&'a str),
}

/// A stamp and how far it may be from the truth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instant {
    /// The stamp.
    pub(super) at: Tick,
    /// How far it may be off.
    pub(super) uncertainty: Duration,
    /// The entry that bears it.
    pub(super) seq: Seq,
}

impl<'a> View<'a> {
    /// An index over a case with these points.
    pub(super) fn new(subjects: &'a [Subject], points: &[Point], timeline: &'a Timeline) -> Self {
        let mut steps: BTreeMap<StepId, Course<'a>> = BTreeMap::new();
        let mut stalls = Vec::new();
        for entry in timeline.entries() {
            let (step, end) = match &entry.seen {
                Seen::Reached(step) => {
                    steps.entry(*step).or_default().reached.get_or_insert(entry);
                    continue;
                }
                Seen::Stall(span) => {
                    let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
                    let start = entry.at.as_nanos().saturating_sub(nanos);
                    stalls.push((Tick::from_nanos(start), entry.at));
                    continue;
                }
                Seen::Met(step, by) => (*step, End::Met(by.and_then(|seq| timeline.get(seq)))),
                Seen::Skipped(step) => (*step, End::Skipped),
                Seen::Unmet(step, why) => (*step, End::Unmet(why)),
                Seen::Sent(_)
                | Seen::Received(_)
                | Seen::Opened { .. }
                | Seen::Closed { .. }
                | Seen::Wrote(_)
                | Seen::Line(_)
                | Seen::Bench(_)
                | Seen::Unreachable(..)
                | Seen::Died(_)
                | Seen::Keyed(_)
                | Seen::Network(_)
                | Seen::Impaired(_)
                | Seen::Fault(_) => continue,
            };
            steps.entry(step).or_default().ended.get_or_insert((entry, end));
        }
        Self {
            timeline,
            subjects,
            uncertainties: points.iter().map(|point| (point.pco, point.uncertainty)).collect(),
            steps,
            stalls,
            streams: Streams::of(timeline),
            formats: OnceCell::new(),
            plain: Plain::of(timeline),
            tones: RefCell::default(),
            decoded: std::iter::repeat_with(OnceCell::new).take(timeline.entries().len()).collect(),
        }
    }

    /// Media without its protection.
    pub(super) const fn plain(&self) -> &Plain {
        &self.plain
    }

    /// The tone that was heard at a step, which `measure` finds when it is first asked for.
    pub(super) fn tone(&self, step: StepId, measure: impl FnOnce() -> Toned) -> Toned {
        if let Some(known) = self.tones.borrow().get(&step) {
            return *known;
        }
        let tone = measure();
        self.tones.borrow_mut().insert(step, tone);
        tone
    }

    /// The timeline itself.
    pub(super) fn timeline(&self) -> &'a Timeline {
        self.timeline
    }

    /// What the program says of a step.
    pub(super) fn subject(&self, step: StepId) -> Option<&'a Subject> {
        let by_place = self.subjects.get(usize::from(step.0)).filter(|it| it.step == step);
        by_place.or_else(|| self.subjects.iter().find(|subject| subject.step == step))
    }

    /// The role of a step's subject, where it has one.
    pub(super) fn role(&self, step: StepId) -> Option<u16> {
        match self.subject(step)?.kind {
            SubjectKind::Sent(role)
            | SubjectKind::Received(role)
            | SubjectKind::Played(role)
            | SubjectKind::Heard(role)
            | SubjectKind::Digits(role, _) => Some(role),
            SubjectKind::Line | SubjectKind::Other => None,
        }
    }

    /// How a step went.
    pub(super) fn course(&self, step: StepId) -> Course<'a> {
        self.steps.get(&step).copied().unwrap_or_default()
    }

    /// Every step that left a mark, in the order of the program.
    pub(super) fn courses(&self) -> impl Iterator<Item = (StepId, Course<'a>)> {
        self.steps.iter().map(|(step, course)| (*step, *course))
    }

    /// The entry that met a step.
    pub(super) fn met_by(&self, step: StepId) -> Option<&'a Entry> {
        match self.course(step).ended? {
            (_, End::Met(by)) => by,
            (_, End::Skipped | End::Unmet(_)) => None,
        }
    }

    /// When a step ended: when what met it was seen, else when the interpreter said so.
    pub(super) fn end(&self, step: StepId) -> Option<Instant> {
        match self.course(step).ended? {
            (mark, End::Met(by)) => Some(self.instant(by.unwrap_or(mark))),
            (_, End::Skipped | End::Unmet(_)) => None,
        }
    }

    /// The step from whose end `after` and `within` count: a skipped one passes on to its own.
    pub(super) fn reference(&self, step: StepId) -> Option<StepId> {
        let mut since = self.subject(step)?.since?;
        // No chain is longer than the program.
        for _ in self.subjects {
            match self.course(since).ended {
                Some((_, End::Skipped)) => since = self.subject(since)?.since?,
                _ => break,
            }
        }
        Some(since)
    }

    /// The stamp of an entry.
    pub(super) fn instant(&self, entry: &Entry) -> Instant {
        Instant { at: entry.at, uncertainty: self.uncertainty(entry.pco), seq: entry.seq }
    }

    /// How far a stamp of a point may be off; nothing for a point that the case does not list.
    pub(super) fn uncertainty(&self, pco: Pco) -> Duration {
        self.uncertainties.get(&pco).copied().unwrap_or_default()
    }

    /// The time from one stamp to another, negative if they are the other way round.
    ///
    /// The uncertainties of the two add up. A stall of the machine in between may have delayed
    /// whatever happened, so that its length adds to them.
    pub(super) fn between(&self, from: Instant, to: Instant) -> Measured {
        let stalled = self.stalled(from.at.min(to.at), from.at.max(to.at));
        let uncertainty = from.uncertainty + to.uncertainty + stalled;
        Measured {
            value: seconds(to.at.since(from.at)) - seconds(from.at.since(to.at)),
            uncertainty: seconds(uncertainty),
            unit: Unit::Seconds,
        }
    }

    /// For how long the machine stood still between two stamps.
    pub(super) fn stalled(&self, from: Tick, to: Tick) -> Duration {
        self.stalls
            .iter()
            .filter(|(start, end)| *start <= to && from <= *end)
            .map(|(start, end)| end.since(*start))
            .sum()
    }

    /// The SIP message of an entry; of a stream, the one that ends in it.
    pub(super) fn message(&self, entry: &Entry) -> Option<&Message> {
        Some(&self.decoded(entry)?.message)
    }

    /// The session description of an entry, if its message bears one.
    pub(super) fn session(&self, entry: &Entry) -> Option<&Session> {
        self.decoded(entry)?.session.as_ref()
    }

    /// What the payload types of the device's packets stand for.
    pub(super) fn formats(&self) -> &Formats {
        self.formats.get_or_init(|| Formats::among(self.timeline, &self.streams))
    }

    /// The roles that have points.
    pub(super) fn roles(&self) -> impl Iterator<Item = u16> {
        let points = self.uncertainties.keys();
        points.filter_map(|pco| match pco.role() {
            Some((role, RolePoint::Sip)) => Some(role),
            _ => None,
        })
    }

    /// What passed a role's SIP point, both ways.
    pub(super) fn signalling(&self, role: u16) -> impl Iterator<Item = (&'a Entry, &Message)> {
        let pco = Pco::of_role(role, RolePoint::Sip);
        self.timeline
            .entries()
            .iter()
            .filter(move |entry| entry.pco == pco)
            .filter_map(|entry| Some((entry, self.message(entry)?)))
    }

    fn decoded(&self, entry: &Entry) -> Option<&Decoded> {
        if !matches!(entry.pco.role(), Some((_, RolePoint::Sip))) {
            return None;
        }
        let bytes = self.streams.message(entry)?;
        let cell = self.decoded.get(usize::try_from(entry.seq.0).ok()?)?;
        Some(cell.get_or_init(|| {
            let message = Message::read(bytes);
            let is_sdp = message.content_type().is_some_and(|kind| kind.is("application/sdp"));
            let session =
                (is_sdp && !message.body().is_empty()).then(|| Session::read(message.body()));
            Box::new(Decoded { message, session })
        }))
    }
}

/// A span in seconds, the same number for the same span however it came about.
pub(super) fn seconds(span: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a case takes less than 2^53 ns, 104 days")]
    let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX) as f64;
    nanos / 1e9
}
