//! What a capture shows, for programs. Times of day are in nanoseconds since 1970-01-01 UTC, others
//! as the names say.

use crate::analysis::control::{Extended, Port};
use crate::analysis::dialog::Outcome;
use crate::analysis::{Analysis, Control, Dialog, Digit, Stream};
use crate::check::measure::wireshark::Range;
use crate::check::measure::{Intervals, Jitter, Measured};
use crate::time::Tick;
use serde_json::{Value, json};
use std::time::Duration;

/// The analysis as one value.
pub fn render(analysis: &Analysis) -> Value {
    let tally = &analysis.tally;
    json!({
        "schema": 1,
        "began_unix_ns": analysis.began.as_nanos(),
        "ended_unix_ns": analysis.ended.as_nanos(),
        "frames": tally.frames,
        "counts": {
            "sip": tally.sip, "rtcp": tally.rtcp, "rtcp_encrypted": tally.rtcp_shut, "rtcp_broken": tally.rtcp_broken, "stun": tally.stun, "tcp_segments": tally.segments,
            "other_datagrams": tally.other, "not_ip": tally.not_ip,
            "other_transports": tally.transports, "cut": tally.cut,
            "fragments": tally.fragments.0, "fragments_joined": tally.fragments.1,
            "tls_streams": tally.tls, "sip_bytes_missing": tally.missing,
        },
        "damage": analysis.damage.as_ref().map(|it| json!({ "offset": it.offset, "what": it.what })),
        "remarks": super::remarks(analysis),
        "dialogs": analysis.dialogs.iter().enumerate().map(dialog).collect::<Vec<_>>(),
        "streams": analysis.streams.iter().enumerate().map(stream).collect::<Vec<_>>(),
        "digits": analysis.digits.iter().map(digit).collect::<Vec<_>>(),
    })
}

fn dialog((place, dialog): (usize, &Dialog)) -> Value {
    let Outcome { ringing, answered, status, talked, released } = dialog.outcome();
    let ms = |span: Option<Duration>| span.map(|span| span.as_secs_f64() * 1e3);
    let messages = dialog.messages.iter().map(|it| {
        json!({
            "at_unix_ns": it.at.as_nanos(), "frame": it.frame, "from": it.from, "to": it.to,
            "transport": it.transport.name(), "retransmission": it.repeats,
            "method": it.message.method(), "status": it.message.status(),
            "cseq": it.message.header("CSeq"),
            "defects": it.message.defects().iter().map(|defect| &defect.text).collect::<Vec<_>>(),
            "text": String::from_utf8_lossy(it.message.bytes()),
        })
    });
    json!({
        "number": place + 1,
        "call_id": dialog.call_id,
        "method": dialog.method,
        "from": dialog.from,
        "to": dialog.to,
        "status": status.as_ref().map(|(status, _)| status),
        "reason": status.as_ref().map(|(_, reason)| reason),
        "ringing_after_ms": ms(ringing),
        "answered_after_ms": ms(answered),
        "talked_ms": ms(talked),
        "released_after_ms": ms(released),
        "messages_dropped": dialog.dropped,
        "messages": messages.collect::<Vec<_>>(),
    })
}

fn stream((place, stream): (usize, &Stream)) -> Value {
    let loss = stream.loss;
    let payloads = stream.payloads.iter().map(|payload| {
        json!({
            "number": payload.number,
            "codec": payload.codec.as_ref().map(ToString::to_string),
            "packets": payload.packets,
        })
    });
    let (missing, delta, jitter) = stream.wireshark;
    json!({
        "number": place + 1,
        "dialog": stream.dialog.map(|place| place + 1),
        "from": stream.from,
        "to": stream.to,
        "ssrc": stream.ssrc,
        "kind": stream.kind,
        "encoding": stream.encoding(),
        "encrypted": stream.encrypted.as_ref().map(|(profile, _)| profile),
        "packets_opened": stream.encrypted.as_ref().map(|(_, opened)| opened),
        "listened_for_digits": stream.listened,
        "payloads": payloads.collect::<Vec<_>>(),
        "began_unix_ns": stream.began.as_nanos(),
        "ended_unix_ns": stream.ended.as_nanos(),
        "payload_bytes": stream.bytes,
        "packets": loss.received,
        "expected": loss.expected,
        "lost": loss.lost,
        "lost_ratio": loss.ratio().value,
        "duplicates": loss.duplicates,
        "reordered": loss.reordered,
        "sequence_gaps": loss.gaps,
        "longest_burst": loss.longest_burst,
        "packet_time_ms": stream.packet_time.map(|seconds| seconds * 1e3),
        "jitter_ms": stream.jitter.as_ref().map(of_jitter),
        "deviation_ms": stream.jitter.as_ref().map(|jitter| intervals(&jitter.change)),
        "interarrival_ms": stream.arrivals.as_ref().map(intervals),
        "skew_ppm": stream.skew.map(|it| json!({
            "value": it.value * 1e6, "uncertainty": it.uncertainty * 1e6,
        })),
        "mos_estimate": stream.quality.map(|it| json!({ "model": "E-model, ITU-T G.107, without delay", "r": it.r, "mos": it.mos })),
        "rtcp": stream.control.as_ref().map(|it| control(stream, it)),
        "wireshark": { "lost": missing, "delta_ms": range(delta), "jitter_ms": range(jitter) },
    })
}

fn control(stream: &Stream, control: &Control) -> Value {
    let rate = stream.clock_rate();
    let ms = |ticks: u32| rate.map(|rate| f64::from(ticks) / f64::from(rate) * 1e3);
    json!({
        "cname": control.cname,
        "bye_unix_ns": control.bye.map(Tick::as_nanos),
        "sender_reports": control.sender_reports,
        "on_media_port": matches!(control.port, Port::Media(_)),
        "rtcp_mux": match control.port {
            Port::Own => None,
            Port::Media(agreement) => Some(agreement.word()),
        },
        "packets_sent": control.sent.map(|it| it.packets),
        "octets_sent": control.sent.map(|it| it.octets),
        "extended": control.extended.map(|it| extended(&it, ms)),
        "receiver": control.heard.map(|heard| json!({
            "report_blocks": heard.blocks,
            "lost": heard.last.cumulative_lost,
            "worst_fraction_lost": f64::from(heard.worst_fraction) / 256.0,
            "highest_sequence": heard.last.highest_sequence,
            "jitter_ms": ms(heard.last.jitter),
            "jitter_max_ms": ms(heard.most_jitter),
            "round_trip_from_capture_ms": heard.round_trip.map(|it| it.value * 1e3),
        })),
    })
}

/// What extended reports say; what they give as not known is absent.
fn extended(said: &Extended, ms: impl Fn(u32) -> Option<f64>) -> Value {
    let (count, lost, duplicates) = said.summaries;
    let known = |value: u8| (value != 127).then_some(value);
    let delay = |value: u16| (value != 0).then_some(value);
    json!({
        "summaries": { "count": count, "lost": lost, "duplicates": duplicates,
                       "jitter_max_ms": said.most_jitter.and_then(ms) },
        "voip": said.voip.map(|it| json!({
            "loss_rate": f64::from(it.loss_rate) / 256.0,
            "discard_rate": f64::from(it.discard_rate) / 256.0,
            "burst_density": f64::from(it.density[0]) / 256.0,
            "gap_density": f64::from(it.density[1]) / 256.0,
            "burst_ms": it.duration[0],
            "gap_ms": it.duration[1],
            "round_trip_ms": delay(it.round_trip),
            "end_system_ms": delay(it.end_system),
            "r_factor": known(it.r_factor),
            "mos_lq": known(it.mos[0]).map(|tenths| f64::from(tenths) / 10.0),
            "mos_cq": known(it.mos[1]).map(|tenths| f64::from(tenths) / 10.0),
            "jitter_buffer_ms": delay(it.buffer_nominal),
        })),
    })
}

fn of_jitter(jitter: &Jitter) -> Value {
    let ms = |it: Measured| it.value * 1e3;
    json!({ "last": ms(jitter.last), "mean": ms(jitter.mean), "max": ms(jitter.max) })
}

/// Percentiles, and half the width of the interval around the one that is least certain.
fn intervals(intervals: &Intervals) -> Value {
    let Intervals { p50, p95, p99, p999, max } = *intervals;
    let uncertainty =
        [p50, p95, p99, p999, max].iter().map(|it| it.uncertainty).fold(0.0, f64::max);
    let ms = |it: Measured| it.value * 1e3;
    json!({
        "p50": ms(p50), "p95": ms(p95), "p99": ms(p99), "p999": ms(p999), "max": ms(max),
        "uncertainty": uncertainty * 1e3,
    })
}

fn range(range: Range) -> Value {
    let Range { min, mean, max } = range;
    json!({ "min": min.unwrap_or(-1e-3) * 1e3, "mean": mean * 1e3, "max": max * 1e3 })
}

fn digit(digit: &Digit) -> Value {
    json!({
        "way": digit.way.name(),
        "digit": digit.name,
        "at_unix_ns": digit.at.as_nanos(),
        "duration_ms": digit.duration.map(|it| it.value * 1e3),
        "duration_uncertainty_ms": digit.duration.map(|it| it.uncertainty * 1e3),
        "from": digit.from,
        "to": digit.to,
        "detail": digit.detail,
    })
}
