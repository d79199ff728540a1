//! What the payload types of the device's packets stand for.

use super::point::{Pco, RolePoint};
use super::streams::Streams;
use super::timeline::{Seen, Timeline};
use crate::signal;
use crate::time::Tick;
use crate::wire::sdp::{Codec, Session};
use crate::wire::sip::Message;

/// The session descriptions of a timeline, in which payload types are looked up.
#[derive(Clone, Debug, Default)]
pub struct Formats(Vec<Said>);

#[derive(Clone, Debug)]
struct Said {
    at: Tick,
    role: u16,
    by: Speaker,
    session: Session,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Speaker {
    Us,
    Device,
}

impl Formats {
    /// Reads every description that passed the roles' SIP points.
    pub fn of(timeline: &Timeline) -> Self {
        Self::among(timeline, &Streams::of(timeline))
    }

    /// The same, where the streams have been read already.
    pub fn among(timeline: &Timeline, streams: &Streams) -> Self {
        let said = timeline.entries().iter().filter_map(|entry| {
            let (role, RolePoint::Sip) = entry.pco.role()? else { return None };
            let by =
                if matches!(entry.seen, Seen::Sent(_)) { Speaker::Us } else { Speaker::Device };
            let message = Message::read(streams.message(entry)?);
            let is_sdp = message.content_type().is_some_and(|kind| kind.is("application/sdp"));
            let session =
                (is_sdp && !message.body().is_empty()).then(|| Session::read(message.body()))?;
            Some(Said { at: entry.at, role, by, session })
        });
        Self(said.collect())
    }

    /// What a payload type of packets to a role stands for at an instant.
    ///
    /// The description that we sent last says so (RFC 3264 §5.1), else the one that we received last,
    /// else the static table.
    pub fn encoding(&self, role: u16, at: Tick, payload_type: u8) -> Option<Codec> {
        let latest = |by: Speaker| {
            let said = self.0.iter().rev();
            let mut said = said.filter(|said| said.role == role && said.by == by && said.at <= at);
            said.find_map(|said| said.session.audio()?.codec(payload_type))
        };
        latest(Speaker::Us)
            .or_else(|| latest(Speaker::Device))
            .or_else(|| Codec::of_static(payload_type))
    }

    /// The codec that we would decode packets to a role with; `None` where they are not audio that
    /// we can decode.
    pub fn codec(&self, point: Pco, at: Tick, payload_type: u8) -> Option<signal::Codec> {
        let (role, _) = point.role()?;
        let Codec { name, clock_rate, channels, .. } = self.encoding(role, at, payload_type)?;
        signal::Codec::of(&name, clock_rate, channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::timeline::Datagram;
    use crate::signal::codec::{Packing, Rate};

    fn say(timeline: &mut Timeline, ms: u64, by: Speaker, maps: &str) {
        let body = format!("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 96\r\n{maps}");
        let text = format!("SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n{body}");
        let address = "192.0.2.1:5060".parse().unwrap();
        let bytes = text.into_bytes();
        let datagram = Datagram { local: address, remote: address, bytes, connection: None };
        let seen = match by {
            Speaker::Us => Seen::Sent(datagram),
            Speaker::Device => Seen::Received(datagram),
        };
        timeline.record(Tick::from_nanos(ms), Pco::of_role(0, RolePoint::Sip), seen);
    }

    #[test]
    fn our_own_description_says_what_comes_to_us() {
        let mut timeline = Timeline::default();
        say(&mut timeline, 1, Speaker::Us, "a=rtpmap:96 G726-32/8000\r\n");
        say(&mut timeline, 2, Speaker::Device, "a=rtpmap:96 L16/8000\r\n");
        say(&mut timeline, 5, Speaker::Us, "a=rtpmap:96 AAL2-G726-32/8000\r\n");
        let formats = Formats::of(&timeline);
        let rtp = Pco::of_role(0, RolePoint::Rtp);
        let codec = |role, at, pt| {
            formats.codec(Pco::of_role(role, RolePoint::Rtp), Tick::from_nanos(at), pt)
        };
        let g726 = |packing| Some(signal::Codec::G726(Rate::Kbit32, packing));
        assert_eq!(codec(0, 3, 96), g726(Packing::Little));
        assert_eq!(codec(0, 9, 96), g726(Packing::Big));
        assert_eq!(formats.codec(rtp, Tick::ZERO, 96), None);
        assert_eq!((codec(1, 9, 96), codec(1, 9, 9)), (None, Some(signal::Codec::G722)));
    }

    #[test]
    fn the_device_says_what_we_leave_out() {
        let mut timeline = Timeline::default();
        say(&mut timeline, 1, Speaker::Us, "");
        say(&mut timeline, 2, Speaker::Device, "a=rtpmap:96 L16/44100/2\r\n");
        let codec =
            Formats::of(&timeline).codec(Pco::of_role(0, RolePoint::Rtp), Tick::from_nanos(3), 96);
        assert_eq!(codec.map(|codec| codec.to_string()).as_deref(), Some("L16/44100/2"));
    }
}
