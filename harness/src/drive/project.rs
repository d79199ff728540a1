//! The files that a run is made from: suite, catalogue, device and rig.

use crate::dut::face::Face;
use crate::dut::profile::Profile as DeviceProfile;
use crate::dut::warning::Warnings;
use crate::evidence::record::Tier;
use crate::report::errata::Erratum;
use crate::requirement::{Catalogue, Requirement};
use crate::rig::profile::Profile as RigProfile;
use crate::scenario::source::Source;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that its author has to mend, and what is wrong with it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot use {path}: {what}")]
pub struct Mistake {
    /// The file.
    pub path: String,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl Mistake {
    /// A mistake in the file at `path`.
    pub fn new(path: impl AsRef<Path>, what: impl std::fmt::Display) -> Self {
        Self { path: path.as_ref().display().to_string(), what: what.to_string() }
    }
}

/// The suite and the catalogue of what its cases may cite.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Scenario files by their path below the folder of the suite.
    pub scenarios: BTreeMap<String, String>,
    /// The files of the catalogue by name.
    pub requirements: BTreeMap<String, String>,
    /// Stored messages by their path below the folder of them.
    pub messages: BTreeMap<String, Vec<u8>>,
    /// What those files say.
    pub catalogue: Catalogue,
}

impl Project {
    /// Reads the suite below `root/scenarios`, the catalogue below `root/fixtures/requirements` and
    /// the messages below `root/fixtures/torture`, if there are any.
    ///
    /// # Errors
    ///
    /// A folder or a file that can't be read, or a catalogue that says something twice.
    pub fn read(root: &Path) -> Result<Self, Mistake> {
        let scenarios = texts(&root.join(SCENARIOS), "yaml")?;
        let requirements = texts(&root.join("fixtures").join(REQUIREMENTS), "yaml")?;
        // A suite may be without stored messages; a case that names one then says so.
        let messages = root.join("fixtures").join(MESSAGES);
        let messages = if messages.is_dir() { files(&messages, "dat")? } else { BTreeMap::new() };
        Self::new(scenarios, requirements, messages)
    }

    /// Takes the copies that a stored run keeps.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn from_inputs(inputs: &BTreeMap<String, Vec<u8>>) -> Result<Self, Mistake> {
        let below = |folder: &str| -> BTreeMap<String, Vec<u8>> {
            inputs
                .iter()
                .filter_map(|(name, bytes)| {
                    let name = name.strip_prefix(folder)?.strip_prefix('/')?;
                    Some((name.to_owned(), bytes.clone()))
                })
                .collect()
        };
        Self::new(in_text(below(SCENARIOS)), in_text(below(REQUIREMENTS)), below(MESSAGES))
    }

    fn new(
        scenarios: BTreeMap<String, String>,
        requirements: BTreeMap<String, String>,
        messages: BTreeMap<String, Vec<u8>>,
    ) -> Result<Self, Mistake> {
        let mut all: Vec<Requirement> = Vec::new();
        for (name, text) in &requirements {
            all.extend(parse::<Vec<Requirement>>(name, text)?);
        }
        let catalogue = Catalogue::new(all)
            .map_err(|id| Mistake::new("the catalogue", format!("`{id}` stands in it twice")))?;
        Ok(Self { scenarios, requirements, messages, catalogue })
    }

    /// Every input that a stored run keeps of this, by name.
    pub fn inputs(&self) -> impl Iterator<Item = (String, &[u8])> {
        let scenarios =
            self.scenarios.iter().map(|(name, text)| (SCENARIOS, name, text.as_bytes()));
        let requirements =
            self.requirements.iter().map(|(name, text)| (REQUIREMENTS, name, text.as_bytes()));
        let messages = self.messages.iter().map(|(name, bytes)| (MESSAGES, name, bytes.as_slice()));
        let all = scenarios.chain(requirements).chain(messages);
        all.map(|(folder, name, bytes)| (format!("{folder}/{name}"), bytes))
    }

    /// The bytes of a stored message.
    pub fn message(&self, path: &str) -> Option<Vec<u8>> {
        self.messages.get(path).cloned()
    }

    /// The text of a scenario or of a shared list of steps.
    pub fn source(&self, path: &str) -> Option<Source> {
        let text = self.scenarios.get(path)?.clone();
        Some(Source { path: path.to_owned(), text })
    }

    /// The test cases: every scenario but the shared lists of steps, in the order of their paths.
    pub fn cases(&self) -> impl Iterator<Item = Source> {
        let own = self.scenarios.iter().filter(|(path, _)| !path.starts_with(SHARED));
        own.map(|(path, text)| Source { path: path.clone(), text: text.clone() })
    }
}

/// A device as its file describes it, checked.
#[derive(Clone, Debug)]
pub struct LoadedDevice {
    /// What the file says.
    pub profile: DeviceProfile,
    /// Its control face.
    pub face: Arc<Face>,
    /// The text of the file.
    pub text: String,
    /// Its seeded defects, where it is a reference device.
    pub defects: Vec<SeededDefect>,
    /// Which lines of its control face warn.
    pub warnings: Warnings,
    /// Its known departures.
    pub errata: Errata,
}

/// The known departures that lie beside a `device.yaml`.
#[derive(Clone, Debug, Default)]
pub struct Errata {
    /// What the file says.
    pub entries: Vec<Erratum>,
    /// Its text; nothing where there is no file.
    pub text: Option<String>,
}

impl Errata {
    /// Takes the text of an `errata.yaml`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(path: &Path, text: String) -> Result<Self, Mistake> {
        let entries: Vec<Erratum> = parse(path, &text)?;
        let mistakes: Vec<String> = entries.iter().flat_map(Erratum::mistakes).collect();
        if mistakes.is_empty() {
            Ok(Self { entries, text: Some(text) })
        } else {
            Err(Mistake::new(path, mistakes.join("; ")))
        }
    }
}

/// A seeded defect of a reference device.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SeededDefect {
    /// Its name.
    pub name: String,
    /// What it departs from.
    pub summary: String,
    /// The requirements that must then fail.
    pub requirements: Vec<String>,
}

impl LoadedDevice {
    /// Reads a `device.yaml`, the list of defects that it names, and the `errata.yaml` beside it.
    ///
    /// # Errors
    ///
    /// What is wrong with one of the files.
    pub fn read(path: &Path) -> Result<Self, Mistake> {
        let text = text(path)?;
        let mut this = Self::parse(path, text)?;
        if let Some(name) = &this.profile.defects {
            let path = path.parent().unwrap_or(Path::new(".")).join(name);
            this.defects = parse(&path, &self::text(&path)?)?;
        }
        let errata = path.parent().unwrap_or(Path::new(".")).join(ERRATA);
        if errata.exists() {
            this.errata = Errata::parse(&errata, self::text(&errata)?)?;
        }
        Ok(this)
    }

    /// Takes the text of a `device.yaml`; its seeded defects are left out.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(path: &Path, text: String) -> Result<Self, Mistake> {
        let profile: DeviceProfile = parse(path, &text)?;
        let face = Face::new(&profile.control)
            .map_err(|mistakes| Mistake::new(path, mistakes.join("; ")))?;
        let warnings = Warnings::new(&profile.control.warnings)
            .map_err(|mistakes| Mistake::new(path, mistakes.join("; ")))?;
        let (face, defects, errata) = (Arc::new(face), Vec::new(), Errata::default());
        Ok(Self { profile, face, text, defects, warnings, errata })
    }
}

/// A rig as its file describes it.
#[derive(Clone, Debug)]
pub struct LoadedRig {
    /// What the file says.
    pub profile: RigProfile,
    /// The text of the file.
    pub text: String,
    /// The folder of the file, to which its paths are relative; absolute.
    pub here: PathBuf,
    /// The device on it.
    pub device: LoadedDevice,
}

impl LoadedRig {
    /// Reads a `rig.yaml` and the `device.yaml` that it names.
    ///
    /// # Errors
    ///
    /// What is wrong with either file.
    pub fn read(path: &Path) -> Result<Self, Mistake> {
        let text = text(path)?;
        let profile: RigProfile = parse(path, &text)?;
        if let Some(it) = profile.calibration.iter().find(|it| it.due < it.calibrated) {
            let (name, due) = (&it.instrument, &it.due);
            let what = format!(
                "the calibration of `{name}` is due on {due}, before it was made; `due` is the last day for which it holds"
            );
            return Err(Mistake::new(path, what));
        }
        let here = path.parent().filter(|here| !here.as_os_str().is_empty());
        let here = fs::canonicalize(here.unwrap_or(Path::new(".")))
            .map_err(|error| Mistake::new(path, error))?;
        let device = LoadedDevice::read(&here.join(&profile.device))?;
        Ok(Self { profile, text, here, device })
    }

    /// What a case may ask for: what the device claims, but `ipv6` only where the rig has it, `tier.NAME`, and `power` where the rig can
    /// switch the device's power.
    pub fn pics(&self) -> BTreeSet<String> {
        let tier = self.profile.tier;
        let power = (tier != Tier::Bench).then(|| "power".to_owned());
        let rig = std::iter::once(format!("tier.{}", tier.name())).chain(power);
        let no_ipv6 = self.profile.network.as_ref().is_some_and(|network| network.ipv6.is_none());
        let device = self.device.profile.pics.iter().filter(|name| !(no_ipv6 && *name == "ipv6"));
        device.cloned().chain(rig).collect()
    }
}

pub(super) fn parse<T: DeserializeOwned>(path: impl AsRef<Path>, text: &str) -> Result<T, Mistake> {
    serde_saphyr::from_str(text).map_err(|error| Mistake::new(path, error))
}

pub(super) fn text(path: &Path) -> Result<String, Mistake> {
    fs::read_to_string(path).map_err(|error| Mistake::new(path, error))
}

/// The files below `folder` whose names end in `extension`, by their path below it.
pub(super) fn texts(folder: &Path, extension: &str) -> Result<BTreeMap<String, String>, Mistake> {
    Ok(in_text(files(folder, extension)?))
}

fn in_text(files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    files.into_iter().map(|(name, bytes)| (name, text(bytes))).collect()
}

/// The same in bytes.
fn files(folder: &Path, extension: &str) -> Result<BTreeMap<String, Vec<u8>>, Mistake> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(at) = left.pop() {
        for entry in fs::read_dir(&at).map_err(|error| Mistake::new(&at, error))? {
            let path = entry.map_err(|error| Mistake::new(&at, error))?.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                found.insert(name, fs::read(&path).map_err(|error| Mistake::new(&path, error))?);
            }
        }
    }
    Ok(found)
}

/// The known departures of a device, beside its `device.yaml` and among the inputs of a run.
pub const ERRATA: &str = "errata.yaml";
const SCENARIOS: &str = "scenarios";
const REQUIREMENTS: &str = "requirements";
const MESSAGES: &str = "torture";
/// The folder of the lists of steps that cases include.
const SHARED: &str = "shared/";
