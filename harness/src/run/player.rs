//! What a role plays, as packets with their times.

use crate::proto::media::{Media, Sound};
use crate::proto::offer_answer::Session;
use crate::scenario::program::{Flow, MediaLine, Signal};
use crate::signal::{Codec, Dbm0, Talk, Tone};
use crate::time::Tick;
use std::iter::repeat_n;
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
        sounds.push(sound(signal, *span, session, now.as_nanos())?);
    }
    Ok(media.play(now, sounds))
}

/// How long a signal takes: digits take the time that they take.
pub(super) fn length(signal: &Signal, span: Duration) -> Duration {
    match signal {
        Signal::Digits { digits, tone, gap } => {
            (*tone + *gap) * u32::try_from(digits.chars().count()).unwrap_or(u32::MAX)
        }
        Signal::Tone { .. } | Signal::Talk { .. } | Signal::Silence | Signal::Again => span,
    }
}

fn sound(signal: &Signal, span: Duration, session: &Session, seed: u64) -> Result<Sound, String> {
    if let Signal::Digits { digits, tone, gap } = signal {
        let Some(payload_type) = session.telephone_event else {
            return Err("the device agreed to no telephone-event payload type".to_owned());
        };
        let digits = digits.clone();
        return Ok(Sound::Digits {
            payload_type: payload_type.sent,
            digits,
            tone: *tone,
            gap: *gap,
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
        Signal::Silence | Signal::Digits { .. } | Signal::Again => vec![0; count],
    };
    let samples = samples.into_iter().flat_map(|sample| repeat_n(sample, channels)).collect();
    let (payload_type, ptime) = (agreed.payload_type, session.ptime);
    Ok(Sound::Audio { payload_type, codec, ptime, samples })
}
