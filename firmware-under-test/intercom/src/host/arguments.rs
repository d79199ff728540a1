//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use intercom::Defects;

/// What the command line says.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) sip: SocketAddr,
    pub(crate) sip_tcp: Option<SocketAddr>,
    pub(crate) sip_tls: Option<SocketAddr>,
    pub(crate) tls: TlsFiles,
    pub(crate) rtp: SocketAddr,
    pub(crate) console: Console,
    pub(crate) defects: Defects,
    pub(crate) seed: u64,
    pub(crate) settings: Option<PathBuf>,
    pub(crate) board: &'static str,
}

/// Where the certificates are, each a PEM file.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsFiles {
    /// The device's certificate, and any that lead from it to an anchor.
    pub(crate) certificate: Option<PathBuf>,
    /// The certificate's key.
    pub(crate) key: Option<PathBuf>,
    /// The anchors of trust for others' certificates.
    pub(crate) anchors: Option<PathBuf>,
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
            sip_tcp: None,
            sip_tls: None,
            tls: TlsFiles::default(),
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
                "--sip-tcp" => read.sip_tcp = Some(address()?),
                "--sip-tls" => read.sip_tls = Some(address()?),
                "--tls-cert" => read.tls.certificate = Some(PathBuf::from(value)),
                "--tls-key" => read.tls.key = Some(PathBuf::from(value)),
                "--tls-ca" => read.tls.anchors = Some(PathBuf::from(value)),
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

const USAGE: &str = "usage: intercom [--sip ADDRESS:PORT] [--sip-tcp ADDRESS:PORT] \
    [--sip-tls ADDRESS:PORT --tls-cert FILE --tls-key FILE --tls-ca FILE] [--rtp ADDRESS:PORT] \
    [--console PATH|-|pty] [--defect NAMES|list] [--seed N] [--settings FILE] [--board NAME]";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read() {
        let line = "--sip 127.0.0.2:5070 --sip-tcp=[::1]:5070 --tls-ca ca.pem --console=pty --defect \
                    no-rport --seed 9";
        let read = read(line).unwrap();
        assert_eq!(read.sip.port(), 5070);
        assert_eq!((read.sip_tcp, read.sip_tls), ("[::1]:5070".parse().ok(), None));
        assert_eq!(read.tls.anchors, Some("ca.pem".into()));
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
