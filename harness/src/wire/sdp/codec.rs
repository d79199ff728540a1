//! What a payload type stands for: `rtpmap`, `fmtp` and the static table of RFC 3551 §6.

use std::fmt;

/// One encoding that an `m=` line offers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Codec {
    /// The RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding name as written, such as `PCMU`; names are not case-sensitive.
    pub name: String,
    /// The clock rate of the RTP timestamp, in hertz.
    pub clock_rate: u32,
    /// The number of channels; 1 where none is given.
    pub channels: u8,
    /// The format parameters, as written.
    pub fmtp: Option<String>,
}

impl Codec {
    /// A codec of one channel without format parameters.
    pub fn new(payload_type: u8, name: &str, clock_rate: u32) -> Self {
        Self { payload_type, name: name.to_owned(), clock_rate, channels: 1, fmtp: None }
    }

    /// The digits and flash of RFC 4733, events 0 to 15 at 8,000 Hz.
    pub fn telephone_event(payload_type: u8) -> Self {
        Self { fmtp: Some("0-15".to_owned()), ..Self::new(payload_type, "telephone-event", 8_000) }
    }

    /// What `payload_type` stands for without an `rtpmap`; `None` if it is not assigned.
    pub fn of_static(payload_type: u8) -> Option<Self> {
        //= RFC 3551 §6
        let &(_, name, clock_rate, channels) =
            STATIC.iter().find(|(known, ..)| *known == payload_type)?;
        Some(Self { channels, ..Self::new(payload_type, name, clock_rate) })
    }

    /// Reads `111=opus/48000/2`, as an operator says what a payload type stands for.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, as a sentence.
    pub fn of_mapping(text: &str) -> Result<Self, String> {
        let read = || {
            let (number, encoding) = text.split_once('=')?;
            let number = number.trim().parse().ok().filter(|&number: &u8| number < 128)?;
            Self::read(number, encoding)
        };
        read()
            .ok_or_else(|| format!("`{text}` is not such as `111=opus/48000` or `96=L16/16000/2`"))
    }

    /// Whether the encoding is `name`, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether both name the same encoding, rate and channels, whatever the payload type.
    pub fn is_same_encoding(&self, other: &Self) -> bool {
        self.is(&other.name)
            && self.clock_rate == other.clock_rate
            && self.channels == other.channels
    }

    /// Reads `PCMU/8000/1`, the text after the payload type of an `rtpmap`.
    pub(super) fn read(payload_type: u8, encoding: &str) -> Option<Self> {
        let mut parts = encoding.trim().split('/');
        let (name, rate) = (parts.next().filter(|name| !name.is_empty())?, parts.next()?);
        let channels = match parts.next() {
            Some(channels) => channels.parse().ok()?,
            None => 1,
        };
        let clock_rate = rate.parse().ok().filter(|&rate: &u32| rate > 0)?;
        Some(Self { channels, ..Self::new(payload_type, name, clock_rate) })
    }
}

/// The text of an `rtpmap` after the payload type.
impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.clock_rate)?;
        if self.channels > 1 { write!(f, "/{}", self.channels) } else { Ok(()) }
    }
}

/// Payload type, name, clock rate in hertz, channels: RFC 3551 Tables 4 and 5.
const STATIC: [(u8, &str, u32, u8); 24] = [
    (0, "PCMU", 8_000, 1),
    (3, "GSM", 8_000, 1),
    (4, "G723", 8_000, 1),
    (5, "DVI4", 8_000, 1),
    (6, "DVI4", 16_000, 1),
    (7, "LPC", 8_000, 1),
    (8, "PCMA", 8_000, 1),
    // The rate is 8,000 by an old mistake, though G.722 samples at 16,000 Hz (RFC 3551 §4.5.2).
    (9, "G722", 8_000, 1),
    (10, "L16", 44_100, 2),
    (11, "L16", 44_100, 1),
    (12, "QCELP", 8_000, 1),
    (13, "CN", 8_000, 1),
    (14, "MPA", 90_000, 1),
    (15, "G728", 8_000, 1),
    (16, "DVI4", 11_025, 1),
    (17, "DVI4", 22_050, 1),
    (18, "G729", 8_000, 1),
    (25, "CelB", 90_000, 1),
    (26, "JPEG", 90_000, 1),
    (28, "nv", 90_000, 1),
    (31, "H261", 90_000, 1),
    (32, "MPV", 90_000, 1),
    (33, "MP2T", 90_000, 1),
    (34, "H263", 90_000, 1),
];
