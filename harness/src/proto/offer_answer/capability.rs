//! What our end can speak, and the descriptions that say so.

use super::security::{Rekey, Security};
use super::session::has;
use crate::proto::policy::{Rtcp, SessionSpec};
use crate::wire::sdp::{self, Attribute, Codec, Direction, MediaDraft, SessionDraft};
use std::net::SocketAddr;

/// What our end can speak.
#[derive(Clone, Debug, PartialEq)]
pub struct Capability {
    /// Where it receives RTP.
    pub rtp: SocketAddr,
    /// Encoding names, best first: `PCMU`, `telephone-event`; `L16/44100/2` names rate and channels.
    pub codecs: Vec<String>,
    /// How it secures media.
    pub security: Security,
    /// What it does of RTCP beyond what everybody has to.
    pub rtcp: Vec<Rtcp>,
    /// What its keys come from: another for each dialog.
    pub key_seed: u64,
}

impl Capability {
    /// An offer of everything that `spec` leaves.
    pub(super) fn offer(&self, spec: &SessionSpec, draft: SessionDraft) -> Vec<u8> {
        let wish = Wish::of(spec, &self.codecs);
        let seed = match self.security.rekey {
            Rekey::Never => self.key_seed,
            Rekey::EachOffer => self.key_seed.wrapping_add(draft.version.wrapping_mul(KEY_STEP)),
        };
        let mut attributes = self.security.offer(seed);
        attributes.extend(self.multiplexing().into_iter().chain(self.extended()));
        let audio = MediaDraft {
            direction: wish.direction.unwrap_or_default(),
            protocol: self.security.protocol(),
            attributes,
            ..MediaDraft::audio(self.rtp.port(), codecs(wish.names))
        };
        with_lines(&draft.with(audio).to_string(), wish.lines)
    }

    /// The answer to `offer`: the common codecs in the order and with the numbers of the offer;
    /// `None` if there is no audio codec in common.
    pub(super) fn answer(
        &self,
        spec: &SessionSpec,
        offer: &sdp::Session,
        draft: SessionDraft,
    ) -> Option<Vec<u8>> {
        let Wish { lines, .. } = Wish::of(spec, &self.codecs);
        let mut wish = Some(Wish::of(spec, &self.codecs));
        let draft = offer.media.iter().fold(draft, |draft, offered| {
            //= RFC 3264 §6
            let accepted = wish.take_if(|wish| self.can_accept(offered, wish));
            draft.with(match accepted {
                Some(wish) => self.accept(offered, &wish),
                None => MediaDraft::rejecting(offered),
            })
        });
        wish.is_none().then(|| with_lines(&draft.to_string(), lines))
    }

    fn accept(&self, offered: &sdp::Media, wish: &Wish<'_>) -> MediaDraft {
        let ours = codecs(wish.names);
        let common = offered.codecs().into_iter().filter_map(|codec| {
            let known = ours.iter().find(|ours| ours.is_same_encoding(&codec))?;
            Some(Codec { payload_type: codec.payload_type, ..known.clone() })
        });
        let keys = self.security.answer(offered, self.key_seed);
        let multiplexing = self.multiplexing().filter(|_| offered.multiplexes());
        MediaDraft {
            protocol: offered.protocol.clone(),
            //= RFC 3264 §6.1
            direction: wish.direction.unwrap_or_else(|| offered.direction.reversed()),
            attributes: keys.into_iter().chain(multiplexing).chain(self.extended()).collect(),
            ..MediaDraft::audio(self.rtp.port(), common.collect())
        }
    }

    //= RFC 5761 §5.1.1
    fn multiplexing(&self) -> Option<Attribute> {
        let wanted = self.rtcp.contains(&Rtcp::Mux);
        wanted.then(|| Attribute { name: "rtcp-mux".to_owned(), value: None })
    }

    /// The extended reports that the other end is asked for: those that this one sends.
    //= RFC 3611 §5.1
    fn extended(&self) -> Option<Attribute> {
        let formats = [
            (Rtcp::ReferenceTime, "rcvr-rtt=all"),
            (Rtcp::Summary, "stat-summary=loss,dup,jitt"),
            (Rtcp::Voip, "voip-metrics"),
        ];
        let wanted = formats.iter().filter(|(what, _)| self.rtcp.contains(what));
        let wanted: Vec<_> = wanted.map(|(_, format)| *format).collect();
        let value = Some(wanted.join(" ")).filter(|value| !value.is_empty())?;
        Some(Attribute { name: "rtcp-xr".to_owned(), value: Some(value) })
    }

    fn can_accept(&self, offered: &sdp::Media, wish: &Wish<'_>) -> bool {
        offered.kind == "audio"
            && offered.port != 0
            && self.security.can_accept(offered)
            && codecs(wish.names)
                .iter()
                .any(|codec| !codec.is("telephone-event") && has(offered, codec))
    }
}

/// What a scenario wants in a description.
struct Wish<'a> {
    names: &'a [String],
    direction: Option<Direction>,
    lines: &'a [String],
}

impl<'a> Wish<'a> {
    fn of(spec: &'a SessionSpec, usual: &'a [String]) -> Self {
        match spec {
            SessionSpec::Usual | SessionSpec::Without | SessionSpec::Text(_) => {
                Self { names: usual, direction: None, lines: &[] }
            }
            SessionSpec::With { codecs, direction, lines } => Self {
                names: codecs.as_deref().unwrap_or(usual),
                direction: direction
                    .as_deref()
                    .and_then(|name| Direction::of(&Attribute::read(name))),
                lines,
            },
        }
    }
}

/// The description `text` with `lines` at the end of its audio section.
fn with_lines(text: &str, lines: &[String]) -> Vec<u8> {
    let audio = text.find("m=audio ").unwrap_or_default();
    let after = text.get(audio..).and_then(|rest| rest.find("\nm=")).map(|at| audio + at + 1);
    let (before, after) = text.split_at(after.unwrap_or(text.len()));
    let added: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    [before, &added, after].concat().into_bytes()
}

/// The codecs called `names`, with the payload types of RFC 3551 or dynamic ones of our choice.
fn codecs(names: &[String]) -> Vec<Codec> {
    let mut dynamic = (96..=127).filter(|&number| number != TELEPHONE_EVENT);
    let found = names.iter().filter_map(|name| {
        let mut parts = name.split('/');
        let name = parts.next()?;
        let rate = parts.next().map_or(Ok(8_000), str::parse).ok()?;
        let channels = parts.next().map_or(Ok(1), str::parse).ok()?;
        if name.eq_ignore_ascii_case("telephone-event") {
            return Some(Codec::telephone_event(TELEPHONE_EVENT));
        }
        let wanted = Codec { channels, ..Codec::new(0, name, rate) };
        (0..=95)
            .filter_map(Codec::of_static)
            .find(|codec| codec.is_same_encoding(&wanted))
            .or_else(|| Some(Codec { payload_type: dynamic.next()?, ..wanted }))
    });
    found.collect()
}

/// The payload type that nearly everybody gives to RFC 4733 events.
const TELEPHONE_EVENT: u8 = 101;
/// Keeps the keys of one offer and the next apart.
const KEY_STEP: u64 = 0x9E37_79B9_7F4A_7C15;
