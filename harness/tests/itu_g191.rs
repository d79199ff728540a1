//! The codecs against the test vectors of ITU-T G.191, where these are at hand.
//!
//! The vectors are not part of the project, because their licence is not the project's: they are
//! looked for in `shared/data/itu-g191` beside the repository. `signal::g711` has digests of the
//! same sweep, which hold without them.

use ringtrue::signal::Codec;
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};

fn vectors() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join("shared/data/itu-g191")).find(|folder| folder.is_dir())
}

/// A file of little-endian 16-bit words.
fn words(path: &Path) -> Vec<i16> {
    let bytes = fs::read(path).unwrap_or_default();
    bytes.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect()
}

#[rstest]
#[case::pcmu(Codec::Pcmu, "sweep-r.u", "sweep-r.reu", "sweep-r.u-u")]
#[case::pcma(Codec::Pcma, "sweep-r.a", "sweep-r.rea", "sweep-r.a-a")]
fn g711_is_bit_exact(
    #[case] codec: Codec,
    #[case] codes: &str,
    #[case] decoded: &str,
    #[case] twice: &str,
) {
    let Some(folder) = vectors().map(|folder| folder.join("g711")) else {
        #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
        {
            eprintln!("not checked: no shared/data/itu-g191 beside the repository");
        }
        return;
    };
    let input = words(&folder.join("sweep.src"));
    assert_eq!(input.len(), 65_536);
    let encoded = codec.encode(&input);
    let as_words = |bytes: &[u8]| bytes.iter().map(|&byte| i16::from(byte)).collect::<Vec<_>>();
    assert_eq!(as_words(&encoded), words(&folder.join(codes)));
    let out = codec.decode(&encoded);
    assert_eq!(out, words(&folder.join(decoded)));
    assert_eq!(codec.decode(&codec.encode(&out)), words(&folder.join(twice)));
}
