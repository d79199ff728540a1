//! `ringtrue record`: a dialog of a capture as a scenario.

use super::judge::unwritten;
use super::{Failure, analyze};
use crate::analysis::Wishes;
use crate::drive::project::Mistake;
use crate::recording::{self, Device};
use crate::report::capture as report;
use clap::Args;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The options of `ringtrue record`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The capture: pcap or pcapng
    file: PathBuf,
    /// The dialog to record, as numbered without this option
    #[arg(long, value_name = "N")]
    dialog: Option<usize>,
    /// Which end is the device: `192.0.2.7`, or `127.0.0.1:5062` (default: guessed, and said)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    device: Option<(IpAddr, Option<u16>)>,
    /// The id of the case
    #[arg(long, value_name = "ID", default_value = "FIELD-001")]
    id: String,
    /// Write the scenario into this file in place of the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn record(arguments: &Arguments) -> Result<u8, Failure> {
    let analysis = analyze::read(&arguments.file, Wishes::default())?;
    let Some(number) = arguments.dialog else {
        let mut text = String::new();
        report::text::dialogs(&mut text, &analysis);
        if text.is_empty() {
            return Err(Mistake::new(&arguments.file, "it has no SIP dialog").into());
        }
        super::print(format_args!("{}", text.trim_start()));
        say!("choose one: ringtrue record {} --dialog N", arguments.file.display());
        return Ok(0);
    };
    let refused = |refusal| Mistake::new(&arguments.file, format!("dialog {number}: {refusal}"));
    let (place, dialog) = analyze::chosen(&arguments.file, &analysis, number)?;
    let device = match arguments.device {
        Some((host, port)) => Device::stated(dialog, host, port),
        None => Device::guessed(dialog),
    };
    let device = device.map_err(refused)?;
    let scenario = recording::scenario(&analysis, place, dialog, &device, &arguments.id);
    let scenario = scenario.map_err(refused)?;
    tell!("ringtrue: the device is {} ({})", device.host, device.why);
    match &arguments.output {
        None => super::print(format_args!("{scenario}")),
        Some(path) => {
            fs::write(path, scenario).map_err(|cause| unwritten(path, &cause))?;
            say!("{}; next: ringtrue lint {}", path.display(), path.display());
        }
    }
    Ok(0)
}

/// An address, with or without its port.
fn address(text: &str) -> Result<(IpAddr, Option<u16>), String> {
    let whole = text.parse::<SocketAddr>().map(|it| (it.ip(), Some(it.port())));
    whole.or_else(|_| text.parse().map(|host| (host, None))).map_err(|_| {
        format!("`{text}` is not such as `192.0.2.7`, `192.0.2.7:5060` or `[2001:db8::7]:5060`")
    })
}
