//! What a role plays, as packets with their times.

use crate::proto::media::{Media, Sound};
use crate::proto::offer_answer::Session;
use crate::scenario::program::{Dialled, Flow, Manner, MediaLine, Signal};
use crate::signal::dtmf::Dialling;
use crate::signal::{Codec, Dbm0, Digit, Talk, Tone};
use crate::time::Tick;
use crate::wire::dtmf_body::Format;
use std::iter::{once, repeat_n};
use std::time::Duration;

/// The packets of `lines` over `session`, in the order of their times.
///
/// # Errors
///
/// Why they can't be made: the device agreed to no codec that we speak, or to no telephone events.
pub(super) fn packets(
    media: &mut Media,
    now: Tick,
    session: &Session,
    lines: &[&MediaLine],
) -> Result<Vec<(Duration, Vec<u8>)>, String> {
    let mut sounds = Vec::new();
    for line in lines {
        let Flow::Play { signal, span } = &line.flow else { continue };
        if matches!(signal, Signal::Digits(Dialled { manner: Manner::Info(_), .. })) {
            continue;
        }
        sounds.push(sound(signal, *span, session, now.as_nanos())?);
    }
    Ok(media.play(now, sounds))
}

/// How long a signal takes: digits take the time that they take.
pub(super) fn length(signal: &Signal, span: Duration) -> Duration {
    match signal {
        Signal::Digits(Dialled { digits, tone, gap, .. }) => {
            (*tone + *gap) * u32::try_from(digits.chars().count()).unwrap_or(u32::MAX)
        }
        Signal::Tone { .. } | Signal::Talk { .. } | Signal::Silence | Signal::Again => span,
    }
}

/// The digits of `lines` that go in INFO requests, as their bodies, each with its time from the start.
pub(super) fn infos(lines: &[&MediaLine]) -> Vec<(Duration, Format, String)> {
    let mut infos = Vec::new();
    for line in lines {
        let Flow::Play { signal: Signal::Digits(dialled), .. } = &line.flow else { continue };
        let Manner::Info(format) = dialled.manner else { continue };
        for (digit, n) in dialled.digits.chars().zip(0_u32..) {
            let at = (dialled.tone + dialled.gap) * n;
            infos.push((at, format, format.write(digit, dialled.tone)));
        }
    }
    infos.sort_by_key(|(at, ..)| *at);
    infos
}

fn sound(signal: &Signal, span: Duration, session: &Session, seed: u64) -> Result<Sound, String> {
    if let Signal::Digits(Dialled { digits, tone, gap, manner: Manner::Rtp(events) }) = signal {
        let agreed = session.telephone_event.map(|agreed| agreed.sent);
        let Some(payload_type) = events.payload_type.or(agreed) else {
            return Err("the device agreed to no telephone-event payload type".to_owned());
        };
        return Ok(Sound::Digits {
            payload_type,
            digits: digits.clone(),
            tone: *tone,
            gap: *gap,
            clock_rate: session.codec.clock_rate,
            events: events.clone(),
        });
    }
    let agreed = &session.codec;
    let codec = Codec::of(&agreed.name, agreed.clock_rate, agreed.channels)
        .ok_or_else(|| format!("the device agreed to {agreed}, which we do not speak"))?;
    let channels = usize::from(codec.channels());
    let count = codec.samples_in(span) / channels;
    let samples: Vec<i16> = match signal {
        Signal::Tone { hz, dbm0 } => Tone::new(*hz, Dbm0(*dbm0), codec).take(count).collect(),
        Signal::Talk { dbm0 } => Talk::new(seed, Dbm0(*dbm0), codec).take(count).collect(),
        Signal::Digits(dialled) => tones(dialled, codec, session.ptime),
        Signal::Silence | Signal::Again => vec![0; count],
    };
    // What is played in two channels is on the left, so that their order can be heard.
    let right = repeat_n(0, channels.saturating_sub(1));
    let samples = samples.into_iter().flat_map(|left| once(left).chain(right.clone())).collect();
    let (payload_type, ptime) = (agreed.payload_type, session.ptime);
    Ok(Sound::Audio { payload_type, codec, ptime, samples })
}

/// Digits as tones, and silence up to the end of the packet that the last of them ends in.
fn tones(dialled: &Dialled, codec: Codec, ptime: Duration) -> Vec<i16> {
    let Manner::Inband { dbm0, twist, offset } = dialled.manner else { return Vec::new() };
    let (on, off) = (dialled.tone, dialled.gap);
    let dialling = Dialling { on, off, level: Dbm0(dbm0), twist, offset };
    let digits = dialled.digits.chars().filter_map(Digit::of_char);
    let mut samples: Vec<i16> = dialling.samples(digits, codec).collect();
    let packet = codec.samples_in(ptime) / usize::from(codec.channels()).max(1);
    samples.resize(samples.len().next_multiple_of(packet.max(1)), 0);
    samples
}
