//! Secure RTP and RTCP of one direction of a call: RFC 3711, RFC 6188, RFC 7714.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::defects::{Defect, Defects};

/// Ciphers and tags that the device knows, as RFC 4568 and RFC 7714 name them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    Cm128Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`.
    Cm128Tag32,
    /// `AES_256_CM_HMAC_SHA1_80`.
    Cm256Tag80,
    /// `AES_256_CM_HMAC_SHA1_32`.
    Cm256Tag32,
    /// `AEAD_AES_128_GCM`.
    Gcm128,
    /// `AEAD_AES_256_GCM`.
    Gcm256,
}

/// What a description says of one direction: the keys, and what they are for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Master {
    pub(crate) suite: Suite,
    /// Master key and master salt, one after the other.
    pub(crate) material: Vec<u8>,
    /// The master key identifier in each packet, if any.
    pub(crate) mki: Vec<u8>,
    /// Whether media, and reports, go without encryption.
    pub(crate) clear_media: bool,
    pub(crate) clear_reports: bool,
}

/// The cryptographic context of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    master: Master,
    media: Keys,
    reports: Keys,
    sources: Vec<Source>,
    /// Number of the next report to send.
    next_report: u32,
    defects: Defects,
}

/// How far a source has come.
#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: u32,
    media: Window,
    reports: Window,
}

/// The highest number and which of the 64 below it have come; nothing at first.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    top: Option<u64>,
    bits: u64,
}

/// Session keys.
#[derive(Clone, Debug)]
struct Keys {
    cipher: Cipher,
    mac: hmac::Key,
    gcm: Option<LessSafeKey>,
    salt: [u8; 14],
    tag: usize,
}

/// The block cipher.
#[derive(Clone)]
enum Cipher {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Suite {
    /// All of them, strongest first.
    pub const ALL: [Self; 6] = [
        Self::Gcm256,
        Self::Gcm128,
        Self::Cm256Tag80,
        Self::Cm256Tag32,
        Self::Cm128Tag80,
        Self::Cm128Tag32,
    ];

    /// The name in a description.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cm128Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Cm128Tag32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Cm256Tag80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Cm256Tag32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Gcm128 => "AEAD_AES_128_GCM",
            Self::Gcm256 => "AEAD_AES_256_GCM",
        }
    }

    /// The suite of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Bytes of master key and of master salt.
    pub(crate) const fn lengths(self) -> (usize, usize) {
        match self {
            Self::Cm128Tag80 | Self::Cm128Tag32 => (16, 14),
            Self::Cm256Tag80 | Self::Cm256Tag32 => (32, 14),
            Self::Gcm128 => (16, 12),
            Self::Gcm256 => (32, 12),
        }
    }

    /// Bytes of tag on media; reports have ten where this is less.
    const fn tag(self) -> usize {
        match self {
            Self::Cm128Tag80 | Self::Cm256Tag80 => 10,
            Self::Cm128Tag32 | Self::Cm256Tag32 => 4,
            Self::Gcm128 | Self::Gcm256 => 16,
        }
    }
}

impl Context {
    /// A context at its beginning; `None` if the key has not the length of its suite.
    pub(crate) fn new(master: Master, defects: Defects) -> Option<Self> {
        let long = defects.has(Defect::SRTP_32_AS_80);
        let tag = if long { master.suite.tag().max(10) } else { master.suite.tag() };
        let short = defects.has(Defect::SRTCP_SHORT_TAG);
        let report_tag = if short { tag } else { tag.max(10) };
        let media = Keys::derive(&master, 0, tag, &defects)?;
        let reports = Keys::derive(&master, 3, report_tag, &defects)?;
        Some(Self { master, media, reports, sources: Vec::new(), next_report: 0, defects })
    }

    /// The context that follows an older one of the same direction under another key: its counters
    /// go on.
    //= RFC 3711 §3.4
    pub(crate) fn following(self, old: &Self) -> Self {
        Self { sources: old.sources.clone(), next_report: old.next_report, ..self }
    }

    /// What it was made from.
    pub(crate) const fn master(&self) -> &Master {
        &self.master
    }

    /// An RTP packet as it goes out.
    pub(crate) fn protect(&mut self, packet: &[u8]) -> Vec<u8> {
        let Some((header, payload, sequence, ssrc)) = cut(packet) else { return Vec::new() };
        let source = self.source(ssrc);
        let index = source.media.index_of(sequence);
        source.media.add(index);
        let clear = self.master.clear_media;
        let bare = self.media.gcm.is_some() && self.defects.has(Defect::SRTP_GCM_HEADER_LEFT_OUT);
        let said = if bare { &[] } else { header };
        let (mut body, tag) = self.media.seal(said, payload, ssrc, index, None, clear);
        if self.defects.has(Defect::SRTP_WRONG_TAG) {
            let broken: Vec<u8> = tag.iter().map(|octet| octet ^ 1).collect();
            body.splice(0..0, header.iter().copied());
            body.extend(broken);
            return body;
        }
        [header, &body, &tag].concat()
    }

    /// The RTP packet that came in, or why it is dropped.
    pub(crate) fn unprotect(&mut self, packet: &[u8]) -> Result<Vec<u8>, &'static str> {
        let (header, rest, sequence, ssrc) = cut(packet).ok_or("not a packet")?;
        let forgetful = self.defects.has(Defect::SRTP_ROLLOVER_FORGOTTEN);
        let lax = self.defects.has(Defect::SRTP_REPLAY_ACCEPTED);
        let credulous = self.defects.has(Defect::SRTP_TAG_UNCHECKED);
        let mki =
            if self.defects.has(Defect::SRTP_MKI_IGNORED) { 0 } else { self.master.mki.len() };
        let window = self.source(ssrc).media;
        let index = if forgetful { u64::from(sequence) } else { window.index_of(sequence) };
        if !lax && !forgetful && window.has(index) {
            return Err("replayed");
        }
        let (body, tag) = self.media.split(rest, mki).ok_or("not a packet")?;
        let clear = self.master.clear_media;
        let opened = self.media.open(header, body, tag, ssrc, index, None, clear, credulous);
        let payload = opened.ok_or("authentication failed")?;
        self.source(ssrc).media.add(index);
        Ok([header, &payload].concat())
    }

    /// An RTCP packet as it goes out.
    pub(crate) fn protect_report(&mut self, packet: &[u8]) -> Vec<u8> {
        let Some((header, payload)) = packet.split_at_checked(8) else { return Vec::new() };
        let Some(ssrc) = header.last_chunk().map(|ssrc| u32::from_be_bytes(*ssrc)) else {
            return Vec::new();
        };
        let index = self.next_report;
        if !self.defects.has(Defect::SRTCP_INDEX_STUCK) {
            self.next_report = index.wrapping_add(1) & 0x7fff_ffff;
        }
        let wrong = self.defects.has(Defect::SRTCP_UNENCRYPTED);
        let clear = self.master.clear_reports != wrong;
        let word = (index | if clear { 0 } else { 1 << 31 }).to_be_bytes();
        let index = u64::from(index);
        let (body, tag) = self.reports.seal(header, payload, ssrc, index, Some(word), clear);
        match self.reports.gcm {
            Some(_) => [header, &body, &tag, &word].concat(),
            None => [header, &body, &word, &tag].concat(),
        }
    }

    /// The RTCP packet that came in, or why it is dropped.
    pub(crate) fn unprotect_report(&mut self, packet: &[u8]) -> Result<Vec<u8>, &'static str> {
        let short = "not a packet";
        let (header, rest) = packet.split_at_checked(8).ok_or(short)?;
        let ssrc = header.last_chunk().map(|ssrc| u32::from_be_bytes(*ssrc)).ok_or(short)?;
        let mki = self.master.mki.len();
        let (body, word, tag) = if self.reports.gcm.is_some() {
            let (rest, _) = rest.split_at_checked(rest.len().wrapping_sub(mki)).ok_or(short)?;
            let (rest, word) = rest.split_last_chunk::<4>().ok_or(short)?;
            let (body, tag) = self.reports.split(rest, 0).ok_or(short)?;
            (body, word, tag)
        } else {
            let (rest, tag) = self.reports.split(rest, mki).ok_or(short)?;
            let (body, word) = rest.split_last_chunk::<4>().ok_or(short)?;
            (body, word, tag)
        };
        let number = u32::from_be_bytes(*word);
        let index = u64::from(number & 0x7fff_ffff);
        if self.source(ssrc).reports.has(index) {
            return Err("replayed");
        }
        let clear = number >> 31 == 0;
        let reports = &self.reports;
        let opened = reports.open(header, body, tag, ssrc, index, Some(*word), clear, false);
        let payload = opened.ok_or("authentication failed")?;
        self.source(ssrc).reports.add(index);
        Ok([header, &payload].concat())
    }

    fn source(&mut self, ssrc: u32) -> &mut Source {
        let at = self.sources.iter().position(|source| source.ssrc == ssrc);
        let at = at.unwrap_or_else(|| {
            let (media, reports) = (Window::default(), Window::default());
            self.sources.push(Source { ssrc, media, reports });
            self.sources.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or pushed just now")]
        &mut self.sources[at]
    }
}

impl Window {
    //= RFC 3711 §3.3.1
    fn index_of(&self, sequence: u16) -> u64 {
        let Some(top) = self.top else { return u64::from(sequence) };
        // The candidate nearest to the highest so far, one cycle down or up included.
        let cycle = top >> 16;
        let candidates = [cycle.wrapping_sub(1), cycle, cycle + 1];
        let all = candidates.into_iter().filter(|cycle| *cycle < 1 << 32);
        let indices = all.map(|cycle| cycle << 16 | u64::from(sequence));
        indices.min_by_key(|index| index.abs_diff(top)).unwrap_or_default()
    }

    //= RFC 3711 §3.3.2
    fn has(&self, index: u64) -> bool {
        match self.top {
            Some(top) if index <= top => top - index >= 64 || self.bits >> (top - index) & 1 == 1,
            _ => false,
        }
    }

    fn add(&mut self, index: u64) {
        match self.top {
            Some(top) if index <= top => {
                if top - index < 64 {
                    self.bits |= 1 << (top - index);
                }
            }
            Some(top) => {
                let by = index - top;
                self.bits = if by < 64 { self.bits << by | 1 } else { 1 };
                self.top = Some(index);
            }
            None => (self.top, self.bits) = (Some(index), 1),
        }
    }
}

impl Keys {
    /// Session keys from the labels `first`, `first` + 1 and `first` + 2.
    //= RFC 3711 §4.3.1
    fn derive(master: &Master, first: u8, tag: usize, defects: &Defects) -> Option<Self> {
        let (key_length, salt_length) = master.suite.lengths();
        let (key, salt) = master.material.split_at_checked(key_length)?;
        if salt.len() != salt_length {
            return None;
        }
        let weak = key_length == 32 && defects.has(Defect::SRTP_256_DERIVED_WITH_128);
        let generator = Cipher::new(if weak { key.get(..16)? } else { key })?;
        let stretch = |label: u8, length: usize| {
            let mut block = [0; 16];
            block.iter_mut().zip(salt).for_each(|(to, from)| *to = *from);
            if let Some(octet) = block.get_mut(7) {
                *octet ^= label;
            }
            let mut out = vec![0; length];
            generator.mix(block, &mut out);
            out
        };
        let session = stretch(first, key_length);
        let mac = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &stretch(first + 1, 20));
        let mut session_salt = [0; 14];
        let salts = stretch(first + 2, salt_length);
        session_salt.iter_mut().zip(salts).for_each(|(to, from)| *to = from);
        let algorithm = match master.suite {
            Suite::Gcm128 => Some(&AES_128_GCM),
            Suite::Gcm256 => Some(&AES_256_GCM),
            Suite::Cm128Tag80 | Suite::Cm128Tag32 | Suite::Cm256Tag80 | Suite::Cm256Tag32 => None,
        };
        let gcm = match algorithm {
            Some(algorithm) => Some(LessSafeKey::new(UnboundKey::new(algorithm, &session).ok()?)),
            None => None,
        };
        Some(Self { cipher: Cipher::new(&session)?, mac, gcm, salt: session_salt, tag })
    }

    /// The encrypted payload and the tag; `word` is the last word of a report.
    fn seal(
        &self,
        header: &[u8],
        payload: &[u8],
        ssrc: u32,
        index: u64,
        word: Option<[u8; 4]>,
        clear: bool,
    ) -> (Vec<u8>, Vec<u8>) {
        let mut body = payload.to_vec();
        if let Some(gcm) = &self.gcm {
            let nonce = self.nonce(ssrc, index);
            let end = word.map(|word| word.to_vec()).unwrap_or_default();
            let tag = if clear {
                let said = Aad::from([header, &body, &end].concat());
                gcm.seal_in_place_separate_tag(nonce, said, &mut [])
            } else {
                let said = Aad::from([header, &end].concat());
                gcm.seal_in_place_separate_tag(nonce, said, &mut body)
            };
            return (body, tag.map(|tag| tag.as_ref().to_vec()).unwrap_or_default());
        }
        if !clear {
            self.cipher.mix(self.counter(ssrc, index), &mut body);
        }
        let tag = self.sign(header, &body, index, word);
        (body, tag)
    }

    #[expect(clippy::too_many_arguments, reason = "they are the parts of one packet")]
    fn open(
        &self,
        header: &[u8],
        body: &[u8],
        tag: &[u8],
        ssrc: u32,
        index: u64,
        word: Option<[u8; 4]>,
        clear: bool,
        credulous: bool,
    ) -> Option<Vec<u8>> {
        if let Some(gcm) = &self.gcm {
            let nonce = self.nonce(ssrc, index);
            let end = word.map(|word| word.to_vec()).unwrap_or_default();
            if clear {
                let said = Aad::from([header, body, &end].concat());
                gcm.open_in_place(nonce, said, &mut tag.to_vec()).ok()?;
                return Some(body.to_vec());
            }
            let mut sealed = [body, tag].concat();
            let said = Aad::from([header, &end].concat());
            return gcm.open_in_place(nonce, said, &mut sealed).ok().map(|plain| plain.to_vec());
        }
        if !credulous && self.sign(header, body, index, word) != tag {
            return None;
        }
        let mut plain = body.to_vec();
        if !clear {
            self.cipher.mix(self.counter(ssrc, index), &mut plain);
        }
        Some(plain)
    }

    /// What is encrypted and the tag; an identifier of that length stands by the tag.
    fn split<'a>(&self, rest: &'a [u8], mki: usize) -> Option<(&'a [u8], &'a [u8])> {
        let end = rest.len();
        if self.gcm.is_some() {
            let (rest, _) = rest.split_at_checked(end.checked_sub(mki)?)?;
            return rest.split_at_checked(rest.len().checked_sub(self.tag)?);
        }
        let (rest, tag) = rest.split_at_checked(end.checked_sub(self.tag)?)?;
        let (body, _) = rest.split_at_checked(rest.len().checked_sub(mki)?)?;
        Some((body, tag))
    }

    fn sign(&self, header: &[u8], body: &[u8], index: u64, word: Option<[u8; 4]>) -> Vec<u8> {
        let rollover = u32::try_from(index >> 16).unwrap_or_default().to_be_bytes();
        let text = [header, body, &word.unwrap_or(rollover)].concat();
        let tag = hmac::sign(&self.mac, &text);
        tag.as_ref().iter().take(self.tag).copied().collect()
    }

    fn counter(&self, ssrc: u32, index: u64) -> [u8; 16] {
        let mut block = [0; 16];
        block.iter_mut().zip(self.salt).for_each(|(to, from)| *to = from);
        mix_in(&mut block, 4, &ssrc.to_be_bytes());
        mix_in(&mut block, 6, &index.to_be_bytes());
        block
    }

    fn nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut block = [0; NONCE_LEN];
        block.iter_mut().zip(self.salt).for_each(|(to, from)| *to = from);
        mix_in(&mut block, 2, &ssrc.to_be_bytes());
        mix_in(&mut block, 4, &index.to_be_bytes());
        Nonce::assume_unique_for_key(block)
    }
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(|aes| Self::Aes128(Box::new(aes))),
            32 => Aes256::new_from_slice(key).ok().map(|aes| Self::Aes256(Box::new(aes))),
            _ => None,
        }
    }

    /// Mixes the key stream from a counter block on into `data`.
    fn mix(&self, mut block: [u8; 16], data: &mut [u8]) {
        for (chunk, count) in data.chunks_mut(16).zip(0_u16..) {
            let [.., high, low] = &mut block;
            [*high, *low] = count.to_be_bytes();
            let mut stream = Array::from(block);
            match self {
                Self::Aes128(aes) => aes.encrypt_block(&mut stream),
                Self::Aes256(aes) => aes.encrypt_block(&mut stream),
            }
            chunk.iter_mut().zip(stream).for_each(|(octet, key)| *octet ^= key);
        }
    }
}

/// Mixes octets into a block from a place on.
fn mix_in(block: &mut [u8], at: usize, octets: &[u8]) {
    block.iter_mut().skip(at).zip(octets).for_each(|(to, from)| *to ^= from);
}

/// Header, payload, sequence number and source of an RTP packet without extension.
fn cut(packet: &[u8]) -> Option<(&[u8], &[u8], u16, u32)> {
    let &[first, _, s1, s0, _, _, _, _, c3, c2, c1, c0] = packet.first_chunk::<12>()?;
    let mut length = 12 + 4 * usize::from(first & 15);
    if first & 16 != 0 {
        let &[high, low] = packet.get(length + 2..)?.first_chunk()?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
    }
    let (header, payload) = packet.split_at_checked(length)?;
    let sequence = u16::from_be_bytes([s1, s0]);
    Some((header, payload, sequence, u32::from_be_bytes([c3, c2, c1, c0])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    }

    fn master(suite: Suite, material: Vec<u8>) -> Master {
        Master { suite, material, mki: Vec::new(), clear_media: false, clear_reports: false }
    }

    fn context(suite: Suite) -> Context {
        let (key, salt) = suite.lengths();
        let material = (0..).take(key + salt).collect();
        Context::new(master(suite, material), Defects::default()).unwrap()
    }

    //= RFC 3711 §4.3.1
    #[test]
    fn the_keys_of_the_example_of_the_standard() {
        let material = octets("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
        let master = master(Suite::Cm128Tag80, material);
        let keys = Keys::derive(&master, 0, 10, &Defects::default()).unwrap();
        assert_eq!(keys.salt.to_vec(), octets("30CBBC08863D8C85D49DB34A9AE1"));
        let mac = octets("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
        let wanted = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &mac);
        let signed = |key| hmac::sign(key, b"x").as_ref().to_vec();
        assert_eq!(signed(&keys.mac), signed(&wanted));
        // The key stream of the cipher key of the example.
        let cipher = Cipher::new(&octets("C61E7A93744F39EE10734AFE3FF7A087")).unwrap();
        let (mut ours, mut theirs) = ([0; 40], [0; 40]);
        keys.cipher.mix(keys.counter(1, 2), &mut ours);
        cipher.mix(keys.counter(1, 2), &mut theirs);
        assert_eq!(ours, theirs);
    }

    //= RFC 7714 §16.1
    #[test]
    fn the_packet_of_the_example_of_gcm() {
        let mut context = context(Suite::Gcm128);
        let key: Vec<u8> = (0..16).collect();
        let unbound = UnboundKey::new(&AES_128_GCM, &key).unwrap();
        context.media.gcm = Some(LessSafeKey::new(unbound));
        context.media.salt[..12].copy_from_slice(b"Quid pro quo");
        let mut packet = octets("8040f17b 8041f8d3 5501a0b2");
        packet.extend(b"Gallia est omnis divisa in partes tres");
        let wanted = "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 \
            0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce";
        assert_eq!(context.protect(&packet), octets(wanted));
    }

    #[test]
    fn what_one_end_protects_the_other_opens_once() {
        for suite in Suite::ALL {
            let (mut sender, mut receiver) = (context(suite), context(suite));
            for sequence in [65_534_u16, 65_535, 0, 1] {
                let mut packet = vec![0x80, 0];
                packet.extend(sequence.to_be_bytes());
                packet.extend([0, 0, 0, 1, 0, 0, 0, 7]);
                packet.extend([0x55; 160]);
                let sealed = sender.protect(&packet);
                assert_eq!(sealed.len(), packet.len() + suite.tag());
                let mut broken = sealed.clone();
                broken[20] ^= 1;
                assert_eq!(receiver.unprotect(&broken), Err("authentication failed"));
                assert_eq!(receiver.unprotect(&sealed), Ok(packet));
                assert_eq!(receiver.unprotect(&sealed), Err("replayed"));
            }
            let report = octets("80c90001 00000007 81ca0000");
            let sealed = sender.protect_report(&report);
            assert_eq!(receiver.unprotect_report(&sealed), Ok(report), "{suite:?}");
            assert_eq!(receiver.unprotect_report(&sealed), Err("replayed"));
        }
    }
}
