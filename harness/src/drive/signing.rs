//! Keys of Ed25519 (RFC 8032) in files that OpenSSL reads too, and what they sign.
//!
//! The private key is PKCS #8 as RFC 8410 §7 has it, the public key is that of §4; both in PEM.

use super::project::Mistake;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A private key.
#[derive(Debug)]
pub struct PrivateKey(Ed25519KeyPair);

/// A public key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey(Vec<u8>);

/// Makes a pair: `path` for the private key, which only its owner can read, and `path.pub` for the public one.
///
/// Returns where the public one is.
///
/// # Errors
///
/// One of the files is there already, or cannot be written.
pub fn generate(path: &Path) -> Result<PathBuf, Mistake> {
    let mut seed = [0; SEED];
    let no_chance = |_| Mistake::new(path, "the machine gave no random bytes; try again");
    SystemRandom::new().fill(&mut seed).map_err(no_chance)?;
    let pair =
        Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|error| Mistake::new(path, error))?;
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    let public = PathBuf::from(public);
    if public.exists() {
        return Err(Mistake::new(&public, "it is there already; a key is never overwritten"));
    }
    write(path, 0o600, &pem(PRIVATE, &[&PRIVATE_HEAD[..], &seed].concat()))?;
    write(&public, 0o644, &pem(PUBLIC, &[&PUBLIC_HEAD[..], pair.public_key().as_ref()].concat()))?;
    Ok(public)
}

impl PrivateKey {
    /// Reads a private key.
    ///
    /// # Errors
    ///
    /// It cannot be read, others can read it, or it is none.
    pub fn read(path: &Path) -> Result<Self, Mistake> {
        let about = fs::metadata(path).map_err(|error| missing(path, &error))?;
        if about.mode() & 0o077 != 0 {
            let mode = about.mode() & 0o777;
            let what = format!(
                "others can read this private key (mode {mode:03o}); chmod 600 it, and make another if it was seen"
            );
            return Err(Mistake::new(path, what));
        }
        let bytes = unpem(path, PRIVATE)?;
        let seed = bytes.strip_prefix(&PRIVATE_HEAD[..]).filter(|seed| seed.len() == SEED);
        let seed = seed.ok_or_else(|| {
            Mistake::new(path, "it is no private key of Ed25519; `ringtrue keygen` makes one")
        })?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed);
        pair.map(Self).map_err(|error| Mistake::new(path, error))
    }

    /// The public key that goes with it.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }

    /// Signs.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }
}

impl PublicKey {
    /// Reads a public key.
    ///
    /// # Errors
    ///
    /// It cannot be read, or it is none.
    pub fn read(path: &Path) -> Result<Self, Mistake> {
        let bytes = unpem(path, PUBLIC)?;
        let key = bytes.strip_prefix(&PUBLIC_HEAD[..]).filter(|key| key.len() == SEED);
        let key = key.ok_or_else(|| {
            Mistake::new(path, "it is no public key of Ed25519; `ringtrue keygen` makes a pair")
        })?;
        Ok(Self(key.to_vec()))
    }

    /// The key itself, 32 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a signature of bytes was made with the private key that goes with it.
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(bytes, signature).is_ok()
    }
}

fn write(path: &Path, mode: u32, text: &str) -> Result<(), Mistake> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let mut file = file.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            Mistake::new(path, "it is there already; a key is never overwritten")
        } else {
            Mistake::new(path, error)
        }
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Mistake::new(path, error))
}

fn pem(label: &str, bytes: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
}

fn unpem(path: &Path, label: &str) -> Result<Vec<u8>, Mistake> {
    let text = fs::read_to_string(path).map_err(|error| missing(path, &error))?;
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let inner = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
    let Some((inner, _)) = inner else {
        let kind = label.to_lowercase();
        return Err(Mistake::new(
            path,
            format!("it is no {kind} in PEM; `ringtrue keygen` makes a pair"),
        ));
    };
    let inner: String = inner.split_whitespace().collect();
    STANDARD.decode(inner).map_err(|error| Mistake::new(path, format!("it is damaged: {error}")))
}

fn missing(path: &Path, error: &io::Error) -> Mistake {
    if error.kind() == io::ErrorKind::NotFound {
        Mistake::new(path, "there is no such key; `ringtrue keygen` makes a pair")
    } else {
        Mistake::new(path, error)
    }
}

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";
/// The bytes of a private key and of a public one.
const SEED: usize = 32;
/// What stands in DER before the seed (RFC 8410 §7): version 0, `id-Ed25519`, an octet string in one.
const PRIVATE_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// What stands in DER before the public key (RFC 8410 §4): `id-Ed25519`, a bit string.
const PUBLIC_HEAD: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn only_its_owner_can_read_a_private_key_and_none_is_overwritten() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("lab.key");
        let public = generate(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(generate(&path).unwrap_err().what.contains("never overwritten"));
        let key = PrivateKey::read(&path).unwrap();
        assert_eq!(PublicKey::read(&public).unwrap(), key.public());
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let open = PrivateKey::read(&path).unwrap_err();
        assert!(open.what.contains("mode 644"), "{open}");
        assert!(PrivateKey::read(&public).is_err() && PublicKey::read(&path).is_err());
    }

    #[test]
    fn a_signature_is_of_these_bytes_by_this_key() {
        let folder = TempDir::new().unwrap();
        let [one, other] = ["one", "other"].map(|name| {
            generate(&folder.path().join(name)).unwrap();
            PrivateKey::read(&folder.path().join(name)).unwrap()
        });
        let mut signature = one.sign(b"bytes");
        assert!(one.public().verifies(b"bytes", &signature));
        assert!(!one.public().verifies(b"Bytes", &signature));
        assert!(!other.public().verifies(b"bytes", &signature));
        signature[0] ^= 1;
        assert!(!one.public().verifies(b"bytes", &signature));
    }

    /// RFC 8032 §7.1, test 1, by way of the files.
    #[test]
    fn keys_are_those_of_the_standard() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("rfc8032");
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let seed: Vec<u8> =
            (0..32).map(|k| u8::from_str_radix(&seed[2 * k..2 * k + 2], 16).unwrap()).collect();
        write(&path, 0o600, &pem(PRIVATE, &[&PRIVATE_HEAD[..], &seed].concat())).unwrap();
        let key = PrivateKey::read(&path).unwrap();
        assert_eq!(key.public().bytes()[..4], [0xd7, 0x5a, 0x98, 0x01]);
        assert_eq!(key.sign(b"")[..4], [0xe5, 0x56, 0x43, 0x00]);
    }
}
