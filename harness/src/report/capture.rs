//! What a capture shows, as text, as a page and as JSON.
//!
//! Times are since the first frame.

pub mod html;
pub mod json;
mod ladder;
pub mod text;

use crate::analysis::{Analysis, Stream};

/// Everything about the reading that whoever relies on the figures has to know.
pub fn remarks(analysis: &Analysis) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(damage) = &analysis.damage {
        let frames = analysis.tally.frames;
        remarks.push(format!(
            "the capture is damaged {damage}; the {frames} frames before that are analysed"
        ));
    }
    remarks.extend(analysis.tally.unread());
    let dropped: usize = analysis.dialogs.iter().map(|dialog| dialog.dropped).sum();
    if dropped > 0 {
        remarks
            .push(format!("{dropped} SIP messages are counted and not kept: there are too many"));
    }
    let shut = |stream: &&Stream| matches!(stream.encrypted, Some((_, 0)));
    let shut = analysis.streams.iter().filter(shut).count();
    if shut > 0 {
        remarks.push(format!(
            "{shut} streams are encrypted and no key of a session description or of `--srtp-keys` opens them: their \
             timing and loss are measured, their digits and sound are not read"
        ));
    }
    let streams = &analysis.streams;
    if !streams.is_empty() && !streams.iter().any(|stream| stream.listened) {
        remarks.push("digits were not looked for in the sound".to_owned());
    }
    remarks
}

#[cfg(test)]
mod tests;
