//! Captures that are cut or broken: whatever the damage, something is said and nothing breaks down.

use super::{html, json, remarks, text};
use crate::analysis::{Analyser, Analysis, Ear, Wishes};
use crate::evidence::capture::{Damage, Next, Reader};
use rstest::rstest;

const PCAPNG: &[u8] = include_bytes!("../../../../fixtures/captures/call.pcapng");
const PCAP: &[u8] = include_bytes!("../../../../fixtures/captures/call-big-endian-cooked.pcap");

/// What a file shows, and where its records end; or why it is no capture.
fn analysed(file: &[u8], ear: Ear) -> Result<(Analysis, Vec<usize>), Damage> {
    let mut analyser = Analyser::new(Wishes { ear, ..Wishes::default() });
    let (mut reader, mut from, mut ends) = (Reader::default(), 0, Vec::new());
    let damage = loop {
        match reader.next(&file[from..]) {
            Ok(Next::More(_)) => break reader.end(&file[from..]),
            Ok(next) => {
                match next {
                    Next::Frame(frame, length) => {
                        analyser.frame(&frame);
                        from += length;
                    }
                    Next::Secrets(_, length) | Next::Other(length) => from += length,
                    Next::More(_) => {}
                }
                ends.push(from);
            }
            Err(damage) => break Some(damage),
        }
    };
    match damage {
        Some(damage) if damage.offset == 0 => Err(damage),
        damage => Ok((analyser.finish(damage), ends)),
    }
}

/// All that is said of it.
fn said(analysis: &Analysis) -> String {
    let dialogs = analysis.dialogs.iter().enumerate();
    let dialogs = dialogs.map(|(place, dialog)| text::dialog(analysis, place, dialog));
    let page = html::render(analysis, "a capture").unwrap();
    text::render(analysis)
        + &dialogs.collect::<String>()
        + &json::render(analysis).to_string()
        + &page
}

#[rstest]
#[case(PCAPNG)]
#[case(PCAP)]
fn wherever_a_capture_is_cut_that_is_said_with_its_place(#[case] file: &[u8]) {
    let (whole, ends) = analysed(file, Ear::Digits).unwrap();
    assert_eq!((whole.damage.as_ref(), ends.last()), (None, Some(&file.len())));
    for cut in 0..file.len() {
        let Ok((analysis, _)) = analysed(&file[..cut], Ear::Deaf) else {
            assert!(cut < ends[0], "{cut}");
            continue;
        };
        let remarks = remarks(&analysis).join("\n");
        if let Some(whole) = ends.iter().rev().find(|end| **end <= cut).filter(|end| **end < cut) {
            let place = format!("the capture is damaged at byte {whole}: the file ends after");
            assert!(remarks.contains(&place), "cut at {cut}: {remarks}");
        } else {
            assert_eq!(analysis.damage, None, "cut at {cut}");
        }
    }
}

#[rstest]
#[case(PCAPNG)]
#[case(PCAP)]
fn whatever_bit_is_wrong_all_that_is_left_is_told(#[case] file: &[u8]) {
    for at in 0..file.len() {
        let mut broken = file.to_vec();
        broken[at] ^= 1 << (at * 5 % 8);
        // Listening takes ten times as long as all else.
        match analysed(&broken, if at % 16 == 0 { Ear::Digits } else { Ear::Deaf }) {
            Err(damage) => assert!(!damage.what.is_empty()),
            Ok((analysis, _)) => {
                // Rendering all of it takes longer than reading it.
                let said = if at % 8 == 0 { said(&analysis) } else { remarks(&analysis).concat() };
                if let Some(damage) = &analysis.damage {
                    assert!(said.contains(&damage.to_string()), "{at}: {damage}");
                }
            }
        }
    }
}
