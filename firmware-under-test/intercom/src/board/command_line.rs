//! What the boot loader tells the device on the kernel's command line.

use std::net::IpAddr;

/// The device's part of the kernel's command line.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct CommandLine {
    /// The address of the network interface: `intercom.ip=198.18.7.2/24`, of either family.
    pub(super) address: IpAddr,
    /// The length of the network's prefix, bits.
    pub(super) prefix: u8,
    /// Everything else, as options of the program: `intercom.defect=no-ringing` is
    /// `--defect no-ringing`.
    pub(super) arguments: Vec<String>,
}

impl CommandLine {
    /// Takes from `words` those that begin with `intercom.`; the others are the kernel's.
    ///
    /// # Errors
    ///
    /// There is no address, or it is none. The words come after "cannot".
    pub(super) fn read(words: &str) -> Result<Self, String> {
        let mut address = None;
        let mut arguments = Vec::new();
        for word in words.split_whitespace().filter_map(|word| word.strip_prefix("intercom.")) {
            match word.split_once('=') {
                Some(("ip", value)) => address = Some(interface(value)?),
                Some((name, value)) => arguments.extend([format!("--{name}"), value.to_owned()]),
                None => arguments.push(format!("--{word}")),
            }
        }
        let (address, prefix) =
            address.ok_or("find intercom.ip=ADDRESS/PREFIX on the kernel's command line")?;
        Ok(Self { address, prefix, arguments })
    }
}

fn interface(value: &str) -> Result<(IpAddr, u8), String> {
    value
        .split_once('/')
        .and_then(|(address, prefix)| Some((address.parse().ok()?, prefix.parse().ok()?)))
        .filter(|(address, prefix): &(IpAddr, u8)| {
            *prefix <= if address.is_ipv6() { 128 } else { 32 }
        })
        .ok_or_else(|| format!("read intercom.ip={value}: it should be as 198.18.7.2/24"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_not_ours() {
        let words = "console=ttyS0 quiet intercom.ip=198.18.7.2/24 intercom.defect=no-ringing \
                     intercom.auto-answer virtio_mmio.device=4K\n";
        assert_eq!(
            CommandLine::read(words),
            Ok(CommandLine {
                address: "198.18.7.2".parse().unwrap(),
                prefix: 24,
                arguments: ["--defect", "no-ringing", "--auto-answer"].map(Into::into).to_vec(),
            })
        );
    }

    #[test]
    fn an_address_is_needed_and_must_be_one() {
        assert!(CommandLine::read("quiet").is_err());
        assert!(CommandLine::read("intercom.ip=198.18.7.2").is_err());
        assert!(CommandLine::read("intercom.ip=198.18.7.2/33").is_err());
        assert!(CommandLine::read("intercom.ip=door/24").is_err());
        assert!(CommandLine::read("intercom.ip=2001:db8::2/64").is_ok());
        assert!(CommandLine::read("intercom.ip=2001:db8::2/129").is_err());
    }
}
