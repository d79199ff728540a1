//! `ringtrue analyze`: what a capture made elsewhere shows.

use super::Failure;
use super::judge::unwritten;
use crate::analysis::{Analyser, Analysis, Ear, Wishes};
use crate::drive::capture;
use crate::drive::project::Mistake;
use crate::evidence::capture::Next;
use crate::evidence::wav;
use crate::report::capture as report;
use crate::wire::sdp::Codec;
use crate::wire::sdp::crypto::{Crypto, Offered};
use clap::Args;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The options of `ringtrue analyze`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The capture: pcap or pcapng; `-` reads the standard input
    file: PathBuf,
    /// Show one dialog of the capture: its ladder and its messages
    #[arg(long, value_name = "N")]
    dialog: Option<usize>,
    /// Print JSON
    #[arg(long, conflicts_with = "dialog")]
    json: bool,
    /// Write a page with all of it into this file, as HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Take what can be RTP at this port for RTP, whatever it looks like
    #[arg(long, value_name = "PORT")]
    rtp_port: Vec<u16>,
    /// What a payload type stands for where no session description says: `111=opus/48000`
    #[arg(long, value_name = "TYPE=CODEC", value_parser = Codec::of_mapping)]
    payload: Vec<Codec>,
    /// Keys of SRTP that no session description has: lines like `AES_CM_128_HMAC_SHA1_80 inline:KEY`
    #[arg(long, value_name = "FILE")]
    srtp_keys: Option<PathBuf>,
    /// Look for digits in the sound of large captures too; up to 64 MB it is always done
    #[arg(long)]
    in_band: bool,
    /// Write the sound of each stream into this folder, as WAV
    #[arg(long, value_name = "FOLDER")]
    audio: Option<PathBuf>,
}

pub(super) fn analyze(arguments: &Arguments) -> Result<u8, Failure> {
    let size = fs::metadata(&arguments.file).map_or(u64::MAX, |data| data.len());
    let ear = match &arguments.audio {
        Some(_) => Ear::Keeps,
        None if arguments.in_band || size <= SMALL => Ear::Digits,
        None => Ear::Deaf,
    };
    let (rtp_ports, payloads) = (arguments.rtp_port.clone(), arguments.payload.clone());
    let keys = arguments.srtp_keys.as_deref().map_or_else(|| Ok(Vec::new()), keys)?;
    let analysis = read(&arguments.file, Wishes { rtp_ports, payloads, keys, ear })?;
    if let Some(folder) = &arguments.audio {
        write_audio(folder, &analysis)?;
    }
    if let Some(path) = &arguments.html {
        let name = arguments.file.file_name().unwrap_or_default().to_string_lossy();
        let page = report::html::render(&analysis, &name).map_err(io::Error::other);
        page.and_then(|page| fs::write(path, page)).map_err(|cause| unwritten(path, &cause))?;
        tell!("ringtrue: wrote {}", path.display());
    }
    if arguments.json {
        say!("{}", report::json::render(&analysis));
    } else if let Some(number) = arguments.dialog {
        let (place, dialog) = chosen(&arguments.file, &analysis, number)?;
        super::print(format_args!("{}", report::text::dialog(&analysis, place, dialog)));
    } else {
        super::print(format_args!("{}", report::text::render(&analysis)));
    }
    Ok(if analysis.damage.is_some() { DAMAGED } else { 0 })
}

/// The keys of a file: a line each, as behind `a=crypto:` with or without the tag; `#` begins a comment.
fn keys(path: &Path) -> Result<Vec<Offered>, Failure> {
    let text = fs::read_to_string(path).map_err(|cause| Mistake::new(path, cause))?;
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = |(at, line): (usize, &str)| {
        let is_tagged = line.starts_with(|c: char| c.is_ascii_digit());
        let crypto = Crypto::read(&if is_tagged { line.to_owned() } else { format!("1 {line}") });
        crypto.offered().ok_or_else(|| {
            let flaws = crypto.flaws.join(", ");
            let why = if flaws.is_empty() { "we do not speak the suite" } else { &flaws };
            let what = format!(
                "line {at} is no key: {why}; write a line like `AES_CM_128_HMAC_SHA1_80 inline:KEY`"
            );
            Mistake::new(path, what).into()
        })
    };
    lines.map(read).collect()
}

/// Writes the sound of each stream that could be decoded: `stream-3.wav`.
fn write_audio(folder: &Path, analysis: &Analysis) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|cause| unwritten(folder, &cause))?;
    for (place, stream) in analysis.streams.iter().enumerate() {
        let Some(sound) = &stream.sound else { continue };
        let path = folder.join(format!("stream-{}.wav", place + 1));
        let file = wav::encode(sound).map_err(|cause| unwritten(&path, &cause))?;
        fs::write(&path, file).map_err(|cause| unwritten(&path, &cause))?;
        tell!("ringtrue: wrote {}", path.display());
    }
    Ok(())
}

/// Reads and analyses a capture.
pub(super) fn read(path: &Path, wishes: Wishes) -> Result<Analysis, Failure> {
    let mut analyser = Analyser::new(wishes);
    let extent = capture::read(path, |next| match next {
        Next::Frame(frame, _) => analyser.frame(frame),
        Next::Secrets(..) => analyser.secrets(),
        Next::Other(_) | Next::More(_) => {}
    });
    let extent = extent.map_err(|error| Mistake::new(path, error))?;
    Ok(analyser.finish(extent.damage))
}

/// The dialog that the operator means, and its place.
pub(super) fn chosen<'a>(
    path: &Path,
    analysis: &'a Analysis,
    number: usize,
) -> Result<(usize, &'a crate::analysis::Dialog), Failure> {
    let place = number.checked_sub(1);
    let found = place.and_then(|place| Some((place, analysis.dialogs.get(place)?)));
    let count = analysis.dialogs.len();
    let what = || match count {
        0 => format!("it has no dialog {number}, and no SIP at all"),
        1 => format!("it has no dialog {number}, only dialog 1"),
        _ => format!("it has no dialog {number}; they are numbered 1 to {count}"),
    };
    found.ok_or_else(|| Mistake::new(path, what()).into())
}

/// Listening takes ten times as long as all else; a capture of this size is listened to unasked.
const SMALL: u64 = 64_000_000;
/// The exit code for a capture that is damaged: not all of it could be told.
const DAMAGED: u8 = 2;
