//! `ringtrue keygen`: a pair of keys to sign certificates with.

use super::Failure;
use crate::drive::signing;
use clap::Args;
use std::path::PathBuf;

/// The options of `ringtrue keygen`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The file for the private key; the public one gets `.pub` after its name
    file: PathBuf,
}

pub(super) fn keygen(arguments: &Arguments) -> Result<u8, Failure> {
    let public = signing::generate(&arguments.file)?;
    say!("private key: {} (mode 0600; keep it)", arguments.file.display());
    say!("public key:  {} (give it to whoever verifies)", public.display());
    Ok(0)
}
