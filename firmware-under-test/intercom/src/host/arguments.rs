//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use intercom::Defects;

/// What the command line says.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) sip: SocketAddr,
    pub(crate) rtp: SocketAddr,
    pub(crate) console: Console,
    pub(crate) defects: Defects,
    pub(crate) seed: u64,
    pub(crate) settings: Option<PathBuf>,
    pub(crate) board: &'static str,
}

/// Where the serial line is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Console {
    /// Standard input and output.
    Standard,
    /// A pseudo-terminal of the device's own.
    Pty,
    /// A terminal that is there already.
    Terminal(PathBuf),
}

impl Arguments {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    ///
    /// Says which argument is wrong.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            sip: SocketAddr::from(([127, 0, 0, 1], 5060)),
            rtp: SocketAddr::from(([127, 0, 0, 1], 4000)),
            console: Console::Standard,
            defects: Defects::default(),
            seed: 1,
            settings: None,
            board: "host",
        };
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let value = value.or_else(|| words.next()).ok_or_else(|| format!("{name} {USAGE}"))?;
            let wrong = |why: String| format!("{name} {value}: {why}");
            let address = || value.parse().map_err(|_| wrong("not ADDRESS:PORT".to_owned()));
            match name.as_str() {
                "--sip" => read.sip = address()?,
                "--rtp" => read.rtp = address()?,
                "--console" => read.console = Console::named(&value),
                "--defect" => read.defects = value.parse().map_err(|e| format!("{e}"))?,
                "--seed" => {
                    read.seed = value.parse().map_err(|_| wrong("not a number".to_owned()))?;
                }
                "--settings" => read.settings = Some(PathBuf::from(value)),
                "--board" => {
                    read.board = board(&value).ok_or_else(|| wrong("unknown".to_owned()))?;
                }
                _ => return Err(format!("{name}: unknown; {USAGE}")),
            }
        }
        Ok(read)
    }
}

impl Console {
    fn named(text: &str) -> Self {
        match text {
            "-" => Self::Standard,
            "pty" => Self::Pty,
            path => Self::Terminal(PathBuf::from(path)),
        }
    }
}

fn board(name: &str) -> Option<&'static str> {
    ["host", "qemu", "virtual"].into_iter().find(|&board| board == name)
}

const USAGE: &str = "usage: intercom [--sip ADDRESS:PORT] [--rtp ADDRESS:PORT] \
    [--console PATH|-|pty] [--defect NAMES|list] [--seed N] [--settings FILE] [--board NAME]";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read() {
        let read = read("--sip 127.0.0.2:5070 --console=pty --defect no-rport --seed 9").unwrap();
        assert_eq!(read.sip.port(), 5070);
        assert_eq!((read.console, read.seed), (Console::Pty, 9));
        assert_eq!(read.defects.to_string(), "no-rport");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(read("--sip nowhere").unwrap_err().starts_with("--sip nowhere: not ADDRESS:PORT"));
        assert!(read("--defect no-rpot").unwrap_err().contains("near it: no-rport"));
        assert!(read("--verbose 1").unwrap_err().starts_with("--verbose: unknown"));
        assert!(read("--seed").unwrap_err().contains("usage"));
    }
}
