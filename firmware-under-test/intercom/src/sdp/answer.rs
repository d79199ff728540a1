//! Answering an offer, and reading the answer to one's own: RFC 3264 §6 and §7.

use super::description::Stream;
use super::{Agreed, Audio, Description, Direction, EVENTS, Events, Local};
use crate::audio::Codec;
use crate::defects::{Defect, Defects};
use crate::sdes::{Choice, Pair};

impl Description {
    /// The answer to this offer and what it agrees; `None` if no audio stream can be had.
    pub(crate) fn answer(&self, local: &Local) -> Option<(String, Agreed)> {
        let defects = &local.defects;
        if self.unknown.attributes > 0 && defects.has(Defect::UNKNOWN_ATTRIBUTE_REFUSED)
            || self.unknown.bandwidths > 0 && defects.has(Defect::UNKNOWN_BANDWIDTH_REFUSED)
        {
            return None;
        }
        let audio = self.media.iter().enumerate().filter(|(_, stream)| stream.is_audio());
        let choices = audio.clone().map(|(at, stream)| {
            (at, stream, local.security.choose(&stream.profile, &stream.cryptos))
        });
        let mut choices = choices.filter(|(_, stream, _)| stream.port != 0);
        let Some((at, stream, choice)) = choices.find(|(.., choice)| *choice != Choice::Refuse)
        else {
            let off = audio.map(|(_, stream)| stream).find(|stream| stream.port == 0);
            let off = off.filter(|_| local.security.again)?;
            return self.answer_off(local, off);
        };
        let (keys, mut lines) = match choice {
            Choice::Secure(pair, lines) => (Some(pair), lines),
            Choice::Plain | Choice::Refuse => (None, Vec::new()),
        };
        let mut common = stream.codecs(&local.accepted);
        if defects.has(Defect::CODEC_G711_ONLY) {
            common.retain(|(_, codec)| matches!(codec, Codec::Pcmu | Codec::Pcma));
        }
        if defects.has(Defect::CODEC_OWN_ORDER) {
            common.sort_by_key(|(_, codec)| local.accepted.iter().position(|own| own == codec));
        }
        let streams = self.streams(Some(at), defects);
        //= RFC 3264 §6.1
        let muxed = stream.mux || defects.has(Defect::MUX_UNASKED);
        let agreed = self.agree(stream, &common, keys, muxed, defects);
        //= RFC 5761 §5.1.1
        if stream.mux && !defects.has(Defect::MUX_UNANSWERED) {
            lines.push("rtcp-mux".to_owned());
        }
        lines.extend(stream.xr.attribute());
        if agreed.is_none() && !defects.has(Defect::NO_COMMON_CODEC_200) {
            return None;
        }
        let mut text = self.answer_head(local);
        match &agreed {
            Some(agreed) => self.answer_streams(&mut text, local, agreed, &streams, &lines),
            None => self.media.iter().for_each(|it| text.push_str(&it.refused(defects))),
        }
        let agreed = if let Some(agreed) = agreed {
            agreed
        } else {
            let none = self.agree(stream, &[(0, Codec::Pcmu)], None, false, defects)?;
            Agreed { direction: Direction::Inactive, ..none }
        };
        Some((text, Agreed { streams, ..agreed }))
    }

    /// The answer to an offer that turns the audio of a session off.
    //= RFC 3264 §8.2
    fn answer_off(&self, local: &Local, off: &Stream) -> Option<(String, Agreed)> {
        let defects = &local.defects;
        let agreed = self.agree(off, &[(0, Codec::Pcmu)], None, off.mux, defects)?;
        let agreed = Agreed { direction: Direction::Inactive, ..agreed };
        let mut text = self.answer_head(local);
        for stream in &self.media {
            let mut line = stream.refused(defects);
            if defects.has(Defect::ZERO_PORT_TAKEN) {
                line = line.replacen(" 0 ", &format!(" {} ", local.rtp.port()), 1);
            }
            text.push_str(&line);
        }
        let streams = self.streams(self.media.iter().position(|it| it == off), defects);
        Some((text, Agreed { streams, ..agreed }))
    }

    fn answer_head(&self, local: &Local) -> String {
        let defects = &local.defects;
        //= RFC 3264 §6
        let own = self.time.is_empty() || defects.has(Defect::TIME_NOT_ECHOED);
        let mut text = local.head(if own { "0 0" } else { &self.time });
        if defects.has(Defect::ORIGIN_COPIED) {
            let lines = text.split_inclusive('\n');
            let copied = format!("o={}\r\n", self.origin);
            let line = |line| if str::starts_with(line, "o=") { copied.as_str() } else { line };
            text = lines.map(line).collect();
        }
        if !self.groups.is_empty() && defects.has(Defect::GROUP_ECHOED) {
            text.extend(self.groups.iter().map(|group| format!("a=group:{group}\r\n")));
        }
        text
    }

    fn answer_streams(
        &self,
        text: &mut String,
        local: &Local,
        agreed: &Agreed,
        streams: &[Option<String>],
        lines: &[String],
    ) {
        let defects = &local.defects;
        let profile = self.media.iter().zip(streams).find(|(_, refused)| refused.is_none());
        let profile = profile.map_or("RTP/AVP", |(stream, _)| stream.profile.as_str());
        let changed = defects.has(Defect::SRTP_PROFILE_CHANGED);
        let other =
            agreed.direction != Direction::SendRecv && defects.has(Defect::OFFER_DIRECTION_IGNORED);
        let audio = Audio {
            profile: if changed { "RTP/AVP" } else { profile },
            codecs: &agreed.incoming,
            events: agreed.events.map(|events| events.received),
            direction: if other { Direction::SendRecv } else { agreed.direction },
            lines,
        };
        let mut own = String::new();
        local.audio(&mut own, &audio);
        if defects.has(Defect::ANSWER_OTHER_CODEC) {
            own = own.replace(&agreed.codec.encoding(), "GSM/8000");
        }
        let several = streams.len() > 1;
        if several && defects.has(Defect::ANSWER_AUDIO_ONLY) {
            text.push_str(&own);
        } else if several && defects.has(Defect::ANSWER_REORDERED) {
            text.push_str(&own);
            text.extend(streams.iter().flatten().map(String::as_str));
        } else {
            text.extend(streams.iter().map(|refused| refused.as_deref().unwrap_or(&own)));
        }
    }

    /// What this answer to the device's offer agrees; `None` if the stream was refused.
    pub(crate) fn accepted(&self, local: &Local) -> Option<Agreed> {
        let defects = &local.defects;
        let stream = self.media.iter().find(|stream| stream.is_audio() && stream.port != 0)?;
        let keys = match local.security.accepted(&stream.profile, &stream.cryptos) {
            Choice::Refuse => return None,
            Choice::Plain => None,
            Choice::Secure(pair, _) => Some(pair),
        };
        let common = stream.codecs(&local.codecs);
        let despite = [Defect::MUX_DESPITE_ANSWER, Defect::MUX_OFFER_SILENT];
        let muxed = stream.mux || local.mux && despite.iter().any(|&it| defects.has(it));
        let mut agreed = self.agree(stream, &common, keys, muxed, defects)?;
        let own = local.numbers();
        let number = |codec| own.iter().find(|&&(_, it)| it == codec).map(|&(number, _)| number);
        if let Some(&(first, codec)) = own.first()
            && defects.has(Defect::ANSWER_CODEC_IGNORED)
        {
            (agreed.payload_type, agreed.codec) = (first, codec);
        }
        //= RFC 3264 §5.1
        if let Some(events) = &mut agreed.events {
            events.received = EVENTS;
        }
        if defects.has(Defect::ANSWER_NUMBERS_IGNORED) {
            agreed.payload_type = number(agreed.codec).unwrap_or(agreed.payload_type);
            agreed.events = agreed.events.map(|it| Events { sent: EVENTS, ..it });
        }
        if !defects.has(Defect::RECEIVES_BY_ANSWER) {
            agreed.incoming = own;
        }
        agreed.streams = self.streams(self.media.iter().position(|it| it == stream), defects);
        Some(agreed)
    }

    /// The `m=` lines, each but that of the audio as it is refused.
    fn streams(&self, audio: Option<usize>, defects: &Defects) -> Vec<Option<String>> {
        let lines = self.media.iter().enumerate();
        lines.map(|(at, it)| (Some(at) != audio).then(|| it.refused(defects))).collect()
    }

    fn agree(
        &self,
        stream: &Stream,
        common: &[(u8, Codec)],
        keys: Option<Box<Pair>>,
        muxed: bool,
        defects: &Defects,
    ) -> Option<Agreed> {
        let &(payload_type, codec) = common.first()?;
        let [rtp, reports] = self.addresses(stream, defects)?;
        let shared = muxed && !defects.has(Defect::MUX_REPORTS_APART);
        // A null address is the hold of RFC 2543.
        let direction = match self.direction(stream, defects).reversed() {
            Direction::SendRecv if rtp.ip().is_unspecified() => Direction::RecvOnly,
            Direction::SendOnly if rtp.ip().is_unspecified() => Direction::Inactive,
            direction @ (Direction::SendRecv
            | Direction::SendOnly
            | Direction::RecvOnly
            | Direction::Inactive) => direction,
        };
        let fixed = codec.payload_type().filter(|_| defects.has(Defect::STATIC_NUMBER_SENT));
        let events = stream.events();
        let received = events.filter(|_| !defects.has(Defect::ANSWER_RENUMBERS)).unwrap_or(EVENTS);
        Some(Agreed {
            codec,
            payload_type: fixed.unwrap_or(payload_type),
            ptime: stream.packet_time(defects),
            incoming: common.to_vec(),
            events: events.map(|sent| Events { sent, received }),
            rtp,
            rtcp: if shared { rtp } else { reports },
            direction,
            xr: stream.xr,
            keys,
            streams: Vec::new(),
        })
    }
}
