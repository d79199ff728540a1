//! When the device crashed, as its lines tell by its profile.

use super::event::EventKind;
use super::face::Face;
use crate::check::crash::Crash;
use crate::evidence::timeline::{Seen, Timeline};

/// Every crash in a case. What tells of one again before the device has started again tells of the
/// same.
pub fn crashes(face: &Face, timeline: &Timeline) -> Vec<Crash> {
    let mut found: Vec<Crash> = Vec::new();
    let mut has_started = true;
    for entry in timeline.entries() {
        let words = match &entry.seen {
            Seen::Line(line) => {
                let told = face.events(line);
                has_started |= told.iter().any(|event| event.kind == EventKind::Booted);
                told.into_iter()
                    .find(|event| event.kind == EventKind::Crashed)
                    .map(|event| if event.detail.is_empty() { line.clone() } else { event.detail })
            }
            Seen::Died(how) => Some(how.clone()),
            Seen::Bench(_) => {
                has_started = true;
                None
            }
            Seen::Sent(_)
            | Seen::Opened { .. }
            | Seen::Closed { .. }
            | Seen::Received(_)
            | Seen::Unreachable(..)
            | Seen::Wrote(_)
            | Seen::Stall(_)
            | Seen::Keyed(_)
            | Seen::Network(_)
            | Seen::Impaired(_)
            | Seen::Fault(_)
            | Seen::Reached(_)
            | Seen::Met(..)
            | Seen::Skipped(_)
            | Seen::Unmet(..) => None,
        };
        match (words, found.last_mut()) {
            (Some(_), Some(crash)) if !has_started => crash.told.push(entry.seq),
            (Some(words), _) => {
                found.push(Crash { told: vec![entry.seq], words });
                has_started = false;
            }
            (None, _) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dut::profile::Control;
    use crate::evidence::point::Pco;
    use crate::evidence::timeline::Seq;
    use crate::time::Tick;

    fn crash(told: &[u32], words: &str) -> Crash {
        Crash { told: told.iter().copied().map(Seq).collect(), words: words.to_owned() }
    }

    #[test]
    fn a_crash_ends_when_the_device_starts_again() {
        let control = "framing: lines
actions: {}
events:
  - { event: crashed, line: '(panic: .*|watchdog)' }
  - { event: booted, line: '^ready' }
";
        let control: Control = serde_saphyr::from_str(control).unwrap();
        let face = Face::new(&control).unwrap();
        let line = |text: &str| Seen::Line(text.to_owned());
        let bench = || Seen::Bench("power on".to_owned());
        let mut timeline = Timeline::default();
        for (pco, seen) in [
            (Pco::CONTROL, line("panic: no memory")),
            (Pco::CONTROL, line("calm")),
            (Pco::CONTROL, line("watchdog bites")),
            (Pco(9), Seen::Unreachable("192.0.2.1:5060".parse().unwrap(), String::new())),
            (Pco::BENCH, Seen::Died("killed by SIGABRT".to_owned())),
            (Pco::BENCH, bench()),
            (Pco::BENCH, Seen::Died("exit code 1".to_owned())),
            (Pco::CONTROL, line("ready")),
            (Pco::CONTROL, line("panic: again")),
        ] {
            timeline.record(Tick::ZERO, pco, seen);
        }
        assert_eq!(
            crashes(&face, &timeline),
            [
                crash(&[0, 2, 4], "panic: no memory"),
                crash(&[6], "exit code 1"),
                crash(&[8], "panic: again"),
            ]
        );
    }
}
