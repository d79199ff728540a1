//! Codes of two to five bits in octets.

/// Where the first code of an octet stands.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Packing {
    /// In the least significant bits: `G726-xx` of RFC 3551 §4.5.4.
    Little,
    /// In the most significant bits: `AAL2-G726-xx`, of ITU-T I.366.2 Annex E.
    Big,
}

impl Packing {
    /// Octets of codes of `bits` bits; what is missing of the last octet is zero.
    pub fn pack(self, codes: impl Iterator<Item = u8>, bits: u8) -> Vec<u8> {
        let mut octets = Vec::with_capacity(codes.size_hint().0 * usize::from(bits) / 8);
        let (mut held, mut count) = (0_u16, 0_u8);
        for code in codes {
            held = match self {
                Self::Little => held | u16::from(code) << count,
                Self::Big => held << bits | u16::from(code),
            };
            count += bits;
            if count >= 8 {
                count -= 8;
                match self {
                    Self::Little => {
                        octets.push(low(held));
                        held >>= 8;
                    }
                    Self::Big => {
                        octets.push(low(held >> count));
                        held &= (1 << count) - 1;
                    }
                }
            }
        }
        if count > 0 {
            octets.push(match self {
                Self::Little => low(held),
                Self::Big => low(held << (8 - count)),
            });
        }
        octets
    }

    /// The codes of `bits` bits in octets; bits left over at the end are none.
    pub fn unpack(self, octets: &[u8], bits: u8) -> impl Iterator<Item = u8> {
        let mut octets = octets.iter();
        let (mut held, mut count) = (0_u16, 0_u8);
        let mask = (1 << bits) - 1;
        std::iter::from_fn(move || {
            if count < bits {
                let next = u16::from(*octets.next()?);
                held = match self {
                    Self::Little => held | next << count,
                    Self::Big => held << 8 | next,
                };
                count += 8;
            }
            count -= bits;
            Some(match self {
                Self::Little => {
                    let code = low(held & mask);
                    held >>= bits;
                    code
                }
                Self::Big => {
                    let code = low(held >> count & mask);
                    held &= (1 << count) - 1;
                    code
                }
            })
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low octet is wanted")]
const fn low(bits: u16) -> u8 {
    bits as u8
}
