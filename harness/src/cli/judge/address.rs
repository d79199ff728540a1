//! Where one folder is, seen from a page in another.

use std::fs;
use std::io;
use std::path::{Component, Path};

/// The relative address of the folder `to` for a page in `from`: empty where they are the same, else
/// with a slash at its end.
///
/// # Errors
///
/// If one of them is not there.
pub(in crate::cli) fn between(from: &Path, to: &Path) -> io::Result<String> {
    Ok(relative(&fs::canonicalize(from)?, &fs::canonicalize(to)?))
}

/// The same for absolute paths without links.
fn relative(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "../".to_owned());
    let down = to.components().skip(shared).map(|part| match part {
        Component::Normal(name) => encoded(name.as_encoded_bytes()) + "/",
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            String::new()
        }
    });
    up.chain(down).collect()
}

/// Every byte that an address does not hold as it is, as its code.
pub(in crate::cli) fn encoded(name: &[u8]) -> String {
    use std::fmt::Write as _;
    name.iter().fold(String::new(), |mut address, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
        address
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/a/run", "/a/run", "")]
    #[case("/a/out", "/a/run", "../run/")]
    #[case("/b/c", "/a/run", "../../a/run/")]
    #[case("/a", "/a/run", "run/")]
    #[case("/a/run/out", "/a/run", "../")]
    #[case("/a/out", "/a/run #1 50%", "../run%20%231%2050%25/")]
    fn a_page_finds_the_folder(#[case] from: &str, #[case] to: &str, #[case] address: &str) {
        assert_eq!(relative(Path::new(from), Path::new(to)), address);
    }
}
