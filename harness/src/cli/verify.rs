//! `ringtrue verify`: whether a bundle is as it was signed, and whether its evidence still says the same.
//! Needs the public key and nothing else.

use super::Failure;
use super::certify::{Made, PROBE, PROFILE, RUN, summary};
use crate::certificate::Circumstances;
use crate::certificate::profile::Profile;
use crate::drive::bundle::{CERTIFICATE, examine};
use crate::drive::project::Mistake;
use crate::drive::signing::PublicKey;
use clap::Args;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The options of `ringtrue verify`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The folder of the bundle
    bundle: PathBuf,
    /// The public key of whoever signed it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(super) fn verify(arguments: &Arguments) -> Result<u8, Failure> {
    let key = PublicKey::read(&arguments.key)?;
    let root = &arguments.bundle;
    let tampering = examine(root, &key)?;
    for found in &tampering {
        say!("TAMPERED  {found}");
    }
    if !tampering.is_empty() {
        say!("\nthe bundle is not what was signed; it certifies nothing");
        return Ok(super::ERROR);
    }
    say!("signature: good; every file is as it was signed");
    let stored = text(&root.join(CERTIFICATE))?;
    let value: Value = serde_json::from_str(&stored)
        .map_err(|error| Mistake::new(root.join(CERTIFICATE), error))?;
    let circumstances = value.get("circumstances").cloned().unwrap_or_default();
    let circumstances: Circumstances = serde_json::from_value(circumstances)
        .map_err(|error| Mistake::new(root.join(CERTIFICATE), error))?;
    let profile = root.join(PROFILE);
    let profile = Profile::parse(&text(&profile)?).map_err(|what| Mistake::new(&profile, what))?;
    let (folder, probe) = (root.join(RUN), root.join(PROBE));
    let probe = probe.is_dir().then_some(probe.as_path());
    let made = Made { profile: &profile, circumstances: &circumstances, folder: &folder, probe };
    let certificate = made.certificate()?;
    let again = certificate.json().map_err(|error| Mistake::new(root, error))?;
    if again != stored {
        let again: Value = serde_json::from_str(&again).unwrap_or_default();
        say!(
            "judged again by ringtrue {}, the evidence says otherwise than the certificate, which ringtrue {} made, in: {}",
            env!("CARGO_PKG_VERSION"),
            circumstances.ringtrue,
            differing(&value, &again).join(", ")
        );
        return Ok(2);
    }
    say!("judged again: the evidence says the same\n");
    super::print(format_args!("{}", summary(&certificate)));
    Ok(u8::from(!certificate.granted))
}

fn text(path: &Path) -> Result<String, Mistake> {
    fs::read_to_string(path).map_err(|error| Mistake::new(path, error))
}

/// The parts of a certificate that are not the same.
fn differing(one: &Value, other: &Value) -> Vec<String> {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return vec!["everything".to_owned()];
    };
    let keys: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
}
