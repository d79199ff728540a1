//! The vectors of RFC 3711 appendix B, RFC 6188 §7 and RFC 7714 §16 and §17, and what openers refuse.

use super::derive::{Aes, Label, derive};
use super::session::{Index, Session};
use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

const SALT: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfd";

fn key_stream(key: &str, from: usize) -> Vec<u8> {
    let mut data = vec![0; from + 48];
    let start = u128::from_be_bytes(bytes(&format!("{SALT}0000")).try_into().unwrap());
    Aes::new(&bytes(key)).unwrap().add_key_stream(start, &mut data);
    data.split_off(from)
}

//= RFC 3711 §4.1.1
#[test]
fn the_key_stream_of_aes_128() {
    let key = "2B7E151628AED2A6ABF7158809CF4F3C";
    let first = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB \
                 41E95B3BB0A2E8DD477901E4FCA894C0";
    let last = "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE \
                6A2CC3787889374FBEB4C81B17BA6C44";
    assert_eq!(key_stream(key, 0), bytes(first));
    assert_eq!(key_stream(key, 16 * 0xfeff), bytes(last));
}

#[test]
fn the_key_stream_of_aes_256() {
    let key = "57f82fe3613fd170a85ec93c40b1f092 2ec4cb0dc025b58272147cc438944a98";
    let first = "92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac \
                 63c4868b7096d88421b563b8c94c9a31";
    let last = "cea518c90fd91ced9cbb18c078a54711 3dbc4814f4da5f00a08772b63c6a046d \
                6eb246913062a16891433e97dd01a57f";
    assert_eq!(key_stream(key, 0), bytes(first));
    assert_eq!(key_stream(key, 16 * 0xfeff), bytes(last));
}

#[test]
fn the_session_keys_of_aes_128() {
    let master = Aes::new(&bytes("E1F97A0D3E018BE0D64FA32C06DE4139")).unwrap();
    let salt = bytes("0EC675AD498AFEEBB6960B3AABE6");
    let derived = |label, length| derive(&master, &salt, label, Plane::Rtp, length);
    assert_eq!(derived(Label::Encryption, 16), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derived(Label::Salt, 14), bytes("30CBBC08863D8C85D49DB34A9AE1"));
    let authentication = "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE \
                          E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25 \
                          6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2";
    assert_eq!(derived(Label::Authentication, 94), bytes(authentication));
}

#[test]
fn the_session_keys_of_aes_256() {
    let key = "f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6";
    let master = Aes::new(&bytes(key)).unwrap();
    let salt = bytes("3b04803de51ee7c96423ab5b78d2");
    let derived = |label, length| derive(&master, &salt, label, Plane::Rtp, length);
    let cipher = "5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4";
    assert_eq!(derived(Label::Encryption, 32), bytes(cipher));
    assert_eq!(derived(Label::Salt, 14), bytes("fa31791685ca444a9e07c6c64e93"));
    let authentication = "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05";
    assert_eq!(derived(Label::Authentication, 20), bytes(authentication));
}

fn gcm(suite: Suite, plane: Plane, encryption: Encryption) -> Session {
    let key: Vec<u8> = (0..32).take(suite.key_length()).collect();
    Session::new(suite, plane, encryption, &key, &[], b"Quid pro quo".to_vec()).unwrap()
}

const GALLIA: &str = "8040f17b 8041f8d3 5501a0b2";

//= RFC 7714 §16
#[test]
fn the_rtp_packets_of_gcm() {
    let at = Index { ssrc: 0x5501_a0b2, number: 0xf17b };
    let header = bytes(GALLIA);
    let text = b"Gallia est omnis divisa in partes tres";
    let cases = [
        (
            Suite::Gcm128,
            Encryption::On,
            "f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf \
             8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            Suite::Gcm256,
            Encryption::On,
            "32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 \
             b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
        (
            Suite::Gcm128,
            Encryption::Off,
            "47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 \
             65732249 3f82d2bc e397e9d7 9e3b19aa 4216",
        ),
    ];
    for (suite, encryption, wanted) in cases {
        let session = gcm(suite, Plane::Rtp, encryption);
        let sealed = session.seal_rtp(&header, text, at);
        assert_eq!([sealed.body.as_slice(), &sealed.tag].concat(), bytes(wanted), "{suite}");
        let opened = session.open_rtp(&header, &sealed.body, &sealed.tag, at);
        assert_eq!(opened.unwrap(), text);
    }
}

//= RFC 7714 §17
#[test]
fn the_rtcp_packet_of_gcm() {
    let session = gcm(Suite::Gcm128, Plane::Rtcp, Encryption::On);
    let header = bytes("81c8000d 4d617273");
    let text = bytes(
        "4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef \
         deadbeef deadbeef",
    );
    let at = Index { ssrc: 0x4d61_7273, number: 0x5d4 };
    let sealed = session.seal_rtcp(&header, &text, 0x8000_05d4, at);
    let wanted = "63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda \
                  4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade";
    assert_eq!([sealed.body.as_slice(), &sealed.tag].concat(), bytes(wanted));
    let opened = session.open_rtcp(&header, &sealed.body, &sealed.tag, 0x8000_05d4, at);
    assert_eq!(opened.unwrap(), text);
}

fn rtp(sequence: u16) -> Vec<u8> {
    crate::wire::rtp::Packet::new(0, sequence, 160, 7, &[0xd5; 160]).write()
}

fn rtcp() -> Vec<u8> {
    bytes("81c90007 00000007 00000008 00000000 00000009 00000000 00000000 00000000")
}

fn ends(suite: Suite, reports: Encryption) -> (MasterKey, Sealer, Opener) {
    let mut key = MasterKey::draw(suite, &mut fastrand::Rng::with_seed(3));
    key.mki = vec![0, 9];
    let sealer = Sealer::new(&key, Encryption::On, reports).unwrap();
    let opener = Opener::new(&key, Encryption::On).unwrap();
    (key, sealer, opener)
}

#[test]
fn every_suite_opens_what_it_sealed() {
    for suite in Suite::ALL {
        for reports in [Encryption::On, Encryption::Off] {
            let (_, mut sealer, mut opener) = ends(suite, reports);
            let packet = sealer.seal_rtp(&rtp(1)).unwrap();
            assert_eq!(packet.len(), rtp(1).len() + 2 + suite.tag_length(), "{suite}");
            assert_eq!(opener.open_rtp(&packet), Ok(rtp(1)), "{suite}");
            let packet = sealer.seal_rtcp(&rtcp()).unwrap();
            assert_eq!(packet.len(), rtcp().len() + 4 + 2 + suite.report_tag_length());
            assert_eq!(opener.report_index(&packet), Some((0, reports)));
            assert_eq!(opener.open_rtcp(&packet), Ok(rtcp()), "{suite}");
            let clear = packet.starts_with(&rtcp());
            assert_eq!(clear, reports == Encryption::Off, "{suite}");
        }
    }
}

#[test]
fn the_rollover_counter_follows_the_sequence_number() {
    for suite in Suite::ALL {
        let (key, mut sealer, mut opener) = ends(suite, Encryption::On);
        for sequence in [0xfffd, 0xffff, 0, 2, 1] {
            let packet = sealer.seal_rtp(&rtp(sequence)).unwrap();
            assert_eq!(opener.open_rtp(&packet), Ok(rtp(sequence)), "{suite} {sequence}");
        }
        // Late, from before the wrap.
        let late = sealer.seal_rtp_at(&rtp(0xfffe), 0).unwrap();
        assert_eq!(opener.open_rtp(&late), Ok(rtp(0xfffe)), "{suite}");
        // Whoever joins after the wrap has to know of it.
        let after = sealer.seal_rtp_at(&rtp(3), 1).unwrap();
        let mut joined = Opener::new(&key, Encryption::On).unwrap();
        assert_eq!(joined.open_rtp(&after), Err(Rejection::Unauthentic), "{suite}");
        let mut joined = joined.joining_at(1);
        assert_eq!(joined.open_rtp(&after), Ok(rtp(3)), "{suite}");
    }
}

#[test]
fn damaged_packets_are_refused_and_change_nothing() {
    for suite in Suite::ALL {
        let (key, mut sealer, mut opener) = ends(suite, Encryption::On);
        let media = sealer.seal_rtp(&rtp(5)).unwrap();
        let report = sealer.seal_rtcp(&rtcp()).unwrap();
        for at in 0..media.len() {
            let mut damaged = media.clone();
            damaged[at] ^= 1;
            assert!(opener.open_rtp(&damaged).is_err(), "{suite}, byte {at}");
        }
        for at in 0..report.len() {
            let mut damaged = report.clone();
            damaged[at] ^= 1;
            assert!(opener.open_rtcp(&damaged).is_err(), "{suite}, byte {at}");
        }
        for length in 0..media.len() {
            assert!(opener.open_rtp(&media[..length]).is_err());
        }
        for length in 0..report.len() {
            assert!(opener.open_rtcp(&report[..length]).is_err());
        }
        let mut other = Opener::new(&key.wrong(), Encryption::On).unwrap();
        assert_eq!(other.open_rtp(&media), Err(Rejection::Unauthentic));
        assert_eq!(other.open_rtcp(&report), Err(Rejection::Unauthentic));
        assert!(opener.open_rtp(&media).is_ok());
        assert!(opener.open_rtcp(&report).is_ok());
        assert_eq!(opener.open_rtp(&media), Err(Rejection::Replayed));
        assert_eq!(opener.open_rtcp(&report), Err(Rejection::Replayed));
    }
}

#[test]
fn what_is_below_the_window_of_64_is_refused() {
    let (_, mut sealer, mut opener) = ends(Suite::AesCm128Sha80, Encryption::On);
    let early = [sealer.seal_rtp(&rtp(1)).unwrap(), sealer.seal_rtp(&rtp(2)).unwrap()];
    let last = sealer.seal_rtp(&rtp(65)).unwrap();
    assert!(opener.open_rtp(&last).is_ok());
    assert_eq!(opener.open_rtp(&early[0]), Err(Rejection::Replayed));
    assert!(opener.open_rtp(&early[1]).is_ok());
}
