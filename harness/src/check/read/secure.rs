//! Figures of how what a role heard was protected.

use super::message::integer;
use super::window::Window;
use crate::check::figure::Figure;
use crate::check::value::{Missing, Read, Value};
use crate::check::view::View;
use crate::evidence::plain::Opened;
use crate::evidence::point::RolePoint;
use crate::evidence::timeline::{Entry, Seen, Seq};
use crate::wire::rtp::Packet;
use crate::wire::srtp::Encryption;

/// The figure, or `None` if it is not one of protection.
pub(super) fn read(figure: Figure, window: Window, view: &View<'_>) -> Option<Read> {
    let point = match figure {
        Figure::SrtpPackets
        | Figure::SrtpRefused
        | Figure::SrtpSuite
        | Figure::SrtpSequenceFirst => RolePoint::Rtp,
        Figure::SrtcpPackets
        | Figure::SrtcpRefused
        | Figure::SrtcpEncrypted
        | Figure::SrtcpIndexFirst
        | Figure::SrtcpIndexErrors => RolePoint::Rtcp,
        _ => return None,
    };
    let packets = protected(window, point, view);
    let evidence = |packets: &[(&Entry, &Opened)]| -> Vec<Seq> {
        let ends = packets.first().into_iter().chain(packets.last());
        let mut ends: Vec<_> = ends.map(|(entry, _)| entry.seq).collect();
        ends.dedup();
        std::iter::once(window.start).chain(ends).collect()
    };
    let of_case = || protected(window.since_the_beginning(), point, view);
    let absent = |what: &str| Err(Missing::Absent(what.to_owned()));
    let good = |packets: &[(&Entry, &Opened)]| {
        packets.iter().filter(|(_, opened)| opened.packet.is_ok()).count()
    };
    let value = match figure {
        Figure::SrtpPackets | Figure::SrtcpPackets => Ok(Value::count(good(&packets))),
        Figure::SrtpRefused | Figure::SrtcpRefused => {
            let refused: Vec<_> =
                packets.iter().filter(|(_, it)| it.packet.is_err()).copied().collect();
            return Some(Read {
                value: Ok(Value::count(refused.len())),
                evidence: evidence(&refused),
            });
        }
        Figure::SrtpSuite => {
            let keyed = view.timeline().entries().iter().rev().find_map(|entry| {
                let Seen::Keyed(keyed) = &entry.seen else { return None };
                let known = keyed.role == window.role && entry.at <= window.to;
                known.then_some(keyed.keys.as_ref()).flatten()
            });
            match keyed {
                Some(keys) => Ok(Value::Text(keys.suite.clone())),
                None => absent("no keys were agreed"),
            }
        }
        Figure::SrtpSequenceFirst => {
            let first = of_case().into_iter().find_map(|(_, opened)| {
                let packet = opened.packet.as_deref().ok()?;
                Packet::read(packet).map(|packet| packet.sequence)
            });
            first.map_or_else(|| absent("no protected packet came"), |it| Ok(integer(it)))
        }
        Figure::SrtcpEncrypted => {
            let encrypted = |opened: &Opened| {
                opened.packet.is_ok() && opened.report.is_some_and(|(_, it)| it == Encryption::On)
            };
            Ok(Value::count(packets.iter().filter(|(_, opened)| encrypted(opened)).count()))
        }
        _ => {
            let case = of_case();
            // What is refused as replayed has an index all the same.
            let indices: Vec<u32> = case
                .iter()
                .filter_map(|(_, opened)| opened.report.map(|(index, _)| index))
                .collect();
            let steps = indices.iter().zip(indices.iter().skip(1));
            let errors = steps.filter(|(a, b)| a.wrapping_add(1) & 0x7fff_ffff != **b).count();
            match (figure, indices.first()) {
                (_, None) => absent("no protected report came"),
                (Figure::SrtcpIndexFirst, Some(first)) => Ok(integer(*first)),
                _ => Ok(Value::count(errors)),
            }
        }
    };
    Some(Read { value, evidence: evidence(&packets) })
}

/// What came at a point while keys held, in order, and what became of it.
fn protected<'a>(
    window: Window,
    point: RolePoint,
    view: &'a View<'_>,
) -> Vec<(&'a Entry, &'a Opened)> {
    let mut packets = Vec::new();
    for entry in view.timeline().entries() {
        let inside = window.from <= entry.at && entry.at <= window.to;
        if inside
            && matches!(entry.seen, Seen::Received(_))
            && entry.carries() == Some((window.role, point))
        {
            packets.extend(view.plain().opened(entry.seq).map(|opened| (entry, opened)));
        }
    }
    packets
}
