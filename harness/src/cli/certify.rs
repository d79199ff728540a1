//! `ringtrue certify`: runs what a profile asks for, and writes a signed bundle of what came of it.
//!
//! The run is one that anybody can start; the certificate is made from its folder, as `verify` makes it again.

use super::Failure;
use super::judge::{self, Read};
use super::run;
use super::suite::{Place, Suite};
use crate::certificate::profile::Profile;
use crate::certificate::{Certificate, Circumstances, Grounds, Instrument, ROUNDS, lacks};
use crate::drive::bundle::{Bundle, CERTIFICATE, sha256};
use crate::drive::clock;
use crate::drive::project::{LoadedRig, Mistake, Project};
use crate::drive::signing::PrivateKey;
use crate::drive::store::{CERTIFIED, StoreError};
use crate::evidence::record::Tier;
use crate::report::civil::day;
use crate::requirement::Catalogue;
use crate::scenario;
use crate::scenario::header::CaseHeader;
use clap::{Args, Parser};
use std::fs;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};

/// The options of `ringtrue certify`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The rig, and by it the device
    #[arg(long, value_name = "FILE")]
    rig: PathBuf,
    /// The profile: a name of fixtures/profiles, or a file
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// The private key that signs; `ringtrue keygen` makes one
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder for the bundle and the folders of its runs
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
    /// Play every case over each of these: udp, tcp, tls (default: as the case says, else udp)
    #[arg(long, value_name = "NAMES")]
    transport: Option<String>,
    /// Play every case over each of these: v4, v6 (default: as the case says, else v4)
    #[arg(long, value_name = "VERSIONS")]
    ip: Option<String>,
    /// Shuffle the cases as the run did that printed this (default: anew)
    #[arg(long, value_name = "N")]
    order_seed: Option<u32>,
    /// The seed of every random choice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many cases run at once, each on a device of its own (host and qemu tier)
    #[arg(long, value_name = "N", default_value_t = NonZeroU8::MIN)]
    lanes: NonZeroU8,
    /// Switch these seeded defects of the reference device on; nothing is then certified
    #[arg(long, value_name = "NAMES")]
    defect: Option<String>,
}

/// A run, by the words that start it.
#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    run: run::Arguments,
}

pub(super) fn certify(arguments: &Arguments) -> Result<u8, Failure> {
    let key = PrivateKey::read(&arguments.key)?;
    let suite = Suite::read(&arguments.place)?;
    let rig = LoadedRig::read(&arguments.rig)?;
    let (profile, text) = profile(&arguments.place.root, &arguments.profile)?;
    check(&profile, &arguments.profile, &suite.project.catalogue)?;
    let words = words(arguments, &profile);
    let folder = carry_out(&words, &suite, &rig)?;
    let probe = probe(arguments, &suite, &rig, &judge::read(&folder, None)?)?;
    let circumstances = circumstances(&suite.project, &rig, &text)?;
    let made = Made {
        profile: &profile,
        circumstances: &circumstances,
        folder: &folder,
        probe: probe.as_deref(),
    };
    let certificate = made.certificate()?;
    let mut name = folder.clone().into_os_string();
    name.push(".certificate");
    let bundle = Bundle::create(Path::new(&name))?;
    bundle.copy(&folder, RUN)?;
    if let Some(probe) = &probe {
        bundle.copy(probe, PROBE)?;
    }
    let sheet = certificate.sheet();
    let encode = |cause: &dyn ToString| StoreError::Encode {
        what: CERTIFICATE.to_owned(),
        cause: cause.to_string(),
    };
    bundle.write(CERTIFICATE, certificate.json().map_err(|error| encode(&error))?.as_bytes())?;
    bundle.write("certificate.txt", sheet.text().as_bytes())?;
    bundle.write("certificate.md", sheet.markdown().as_bytes())?;
    bundle.write("certificate.html", sheet.html().map_err(|error| encode(&error))?.as_bytes())?;
    bundle.write(PROFILE, text.as_bytes())?;
    let root = bundle.seal(&key)?;
    let kept = folder.join(CERTIFIED);
    fs::write(&kept, format!("{}\n", root.display()))
        .map_err(|error| judge::unwritten(&kept, &error))?;
    super::print(format_args!("\n{}", summary(&certificate)));
    say!("bundle: {}", root.display());
    Ok(u8::from(!certificate.granted))
}

/// What a certificate is made from, in folders.
pub(super) struct Made<'a> {
    pub(super) profile: &'a Profile,
    pub(super) circumstances: &'a Circumstances,
    pub(super) folder: &'a Path,
    pub(super) probe: Option<&'a Path>,
}

impl Made<'_> {
    pub(super) fn certificate(&self) -> Result<Certificate, Failure> {
        let Read { run, project, device } = judge::read(self.folder, None)?;
        let probe = self.probe.map(|probe| judge::read(probe, None)).transpose()?;
        let suite: Vec<CaseHeader> =
            project.cases().filter_map(|source| scenario::header(&source).0).collect();
        Ok(Certificate::new(&Grounds {
            profile: self.profile,
            suite: &suite,
            claims: &device.profile.pics,
            run: &run,
            probe: probe.as_ref().map(|read| &read.run),
            circumstances: self.circumstances,
        }))
    }
}

/// What is printed of a certificate: all but the long lists.
pub(super) fn summary(certificate: &Certificate) -> String {
    let mut sheet = certificate.sheet();
    sheet
        .sections
        .retain(|section| matches!(section.title.as_str(), "Why not" | "What this does not say"));
    let noted = certificate.unclaimed.iter().map(|note| ("Noted".to_owned(), note.clone()));
    sheet.facts.extend(noted);
    sheet.text()
}

/// Reads a profile, and its text.
fn profile(root: &Path, name: &str) -> Result<(Profile, String), Mistake> {
    let folder = root.join(PROFILES);
    let is_file = name.contains(['/', '.']);
    let path = if is_file { PathBuf::from(name) } else { folder.join(format!("{name}.yaml")) };
    if !path.exists() && !is_file {
        let mut names: Vec<String> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned())
            })
            .collect();
        names.sort();
        let what =
            format!("there is no such profile; there are {}, or give a file", names.join(", "));
        return Err(Mistake::new(&path, what));
    }
    let text = fs::read_to_string(&path).map_err(|error| Mistake::new(&path, error))?;
    let profile = Profile::parse(&text).map_err(|what| Mistake::new(&path, what))?;
    Ok((profile, text))
}

fn check(profile: &Profile, name: &str, catalogue: &Catalogue) -> Result<(), Mistake> {
    let mistakes = profile.mistakes(catalogue);
    if mistakes.is_empty() { Ok(()) } else { Err(Mistake::new(name, mistakes.join("; "))) }
}

/// The words of the run that a certificate rests on.
fn words(arguments: &Arguments, profile: &Profile) -> Vec<String> {
    let mut words = common(arguments);
    words.extend(["--repeat".to_owned(), ROUNDS.to_string()]);
    words.extend(["--order".to_owned(), "shuffled".to_owned()]);
    if let Some(seed) = arguments.order_seed {
        words.extend(["--order-seed".to_owned(), seed.to_string()]);
    }
    for group in &profile.groups {
        words.extend(["--group".to_owned(), group.clone()]);
    }
    words
}

fn common(arguments: &Arguments) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut words = vec![
        "run".to_owned(),
        "--root".to_owned(),
        path(&arguments.place.root),
        "--rig".to_owned(),
        path(&arguments.rig),
        "--reports".to_owned(),
        path(&arguments.reports),
        "--seed".to_owned(),
        arguments.seed.to_string(),
        "--lanes".to_owned(),
        arguments.lanes.to_string(),
    ];
    let Arguments { transport, ip, defect, .. } = arguments;
    for (option, value) in [("--transport", transport), ("--ip", ip), ("--defect", defect)] {
        words.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
    }
    words
}

/// Runs, and returns the folder.
fn carry_out(words: &[String], suite: &Suite, rig: &LoadedRig) -> Result<PathBuf, Failure> {
    let line = Line::try_parse_from(words).map_err(|error| Mistake::new("the run", error))?;
    Ok(run::carry_out(&line.run, suite, rig)?.1)
}

/// Runs once what does not apply for want of one claim alone, as if the device claimed it. Its verdicts
/// count for nothing; what works is noted.
fn probe(
    arguments: &Arguments,
    suite: &Suite,
    rig: &LoadedRig,
    read: &Read,
) -> Result<Option<PathBuf>, Failure> {
    let claims = rig.pics();
    let mut more = rig.clone();
    let mut words = common(arguments);
    let before = words.len();
    for (execution, reason) in &read.run.record.not_applicable {
        if let Some(name) = lacks(execution, reason, &claims) {
            more.device.profile.pics.insert(name);
            words.push(execution.clone());
        }
    }
    if words.len() == before {
        return Ok(None);
    }
    say!("\nnow what the device does not claim, once; its verdicts do not count");
    carry_out(&words, suite, &more).map(Some)
}

fn circumstances(
    project: &Project,
    rig: &LoadedRig,
    profile: &str,
) -> Result<Circumstances, Failure> {
    let now = u64::try_from(clock::unix_now().as_nanos()).unwrap_or(u64::MAX);
    let program = std::env::current_exe().and_then(fs::read);
    let program = program.map_err(|error| Mistake::new("the program of ringtrue itself", error))?;
    let inputs = project.inputs().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes)));
    let suite: String = inputs.collect();
    Ok(Circumstances {
        made: day(now),
        ringtrue: env!("CARGO_PKG_VERSION").to_owned(),
        harness_sha256: sha256(&program),
        suite_sha256: sha256(suite.as_bytes()),
        profile_sha256: sha256(profile.as_bytes()),
        rig: rig.profile.rig.clone(),
        clean_state: clean_state(rig).to_owned(),
        instruments: rig
            .profile
            .calibration
            .iter()
            .map(|it| Instrument {
                instrument: it.instrument.clone(),
                calibrated: it.calibrated.to_string(),
                due: it.due.to_string(),
                certificate: it.certificate.clone(),
            })
            .collect(),
    })
}

/// How a device comes to be as new before each case.
const fn clean_state(rig: &LoadedRig) -> &'static str {
    match rig.profile.tier {
        Tier::Virtual => {
            "each case meets a new device, with factory settings and then the rig's `prepare`"
        }
        Tier::Host => {
            "each case starts a process of its own, with a folder of its own, and then the rig's `prepare`"
        }
        Tier::Qemu => {
            "each case meets the board in the state saved after its first boot from blank flash and the rig's `prepare`"
        }
        Tier::Bench => {
            "the bench has no switch for the device's power: each case begins with the rig's `prepare` alone"
        }
    }
}

/// The folder of the run in a bundle.
pub(super) const RUN: &str = "run";
/// That of the run of what is not claimed.
pub(super) const PROBE: &str = "probe";
/// The profile in a bundle.
pub(super) const PROFILE: &str = "profile.yaml";
/// Where profiles are, below the root of the suite.
const PROFILES: &str = "fixtures/profiles";
