//! `ringtrue explain`: what a scenario compiles to.

use super::Failure;
use super::suite::{Place, Suite, style};
use crate::campaign::names::names;
use crate::campaign::plan::Planned;
use crate::drive::project::{LoadedDevice, Mistake};
use crate::scenario::diagnostic;
use crate::scenario::names::Names;
use crate::scenario::{self, Context};
use crate::virtual_world;
use clap::Args;
use std::path::PathBuf;

/// The options of `ringtrue explain`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    /// The id of a case or execution, or the path of a scenario file
    case: String,
    #[command(flatten)]
    place: Place,
    /// The device whose values are put in
    #[arg(long, value_name = "FILE", default_value = "firmware-under-test/intercom/device.yaml")]
    device: PathBuf,
}

pub(super) fn explain(arguments: &Arguments) -> Result<u8, Failure> {
    let mut suite = Suite::read(&arguments.place)?;
    let file = PathBuf::from(&arguments.case);
    let name = file.strip_prefix("scenarios").unwrap_or(&file).display().to_string();
    if file.is_file() && !suite.project.scenarios.contains_key(&name) {
        let text = std::fs::read_to_string(&file).map_err(|error| Mistake::new(&file, error))?;
        suite.project.scenarios.insert(name.clone(), text);
        suite = Suite::new(suite.project);
    }
    let device = LoadedDevice::read(&arguments.place.root.join(&arguments.device))?;
    let include = |path: &str| suite.project.source(path);
    let message = |path: &str| suite.project.message(path);
    let mut shown = 0;
    let mut code = 0;
    for (path, header) in &suite.cases {
        // An execution that only a run with `--transport` or `--ip` makes is shown where it is named.
        let named = |(id, _): &(String, _)| *id == arguments.case;
        let executions = header.all_executions().into_iter().find(named);
        let executions = executions.map_or_else(|| header.executions(), |found| vec![found]);
        for (execution, values) in executions {
            let wanted =
                [path, &header.case.id, &execution].contains(&&arguments.case) || *path == name;
            let Some(source) = suite.project.source(path).filter(|_| wanted) else { continue };
            let planned = Planned::new(path, header, execution, values);
            let setup = virtual_world::setup(
                planned.roles.len(),
                planned.ip_version(),
                &device.profile.user,
                1,
            );
            let context = Context {
                catalogue: &suite.project.catalogue,
                includes: &include,
                messages: &message,
                defects: None,
                names: Names::of(names(&setup, &planned, &device.profile)),
            };
            let (program, diagnostics) = scenario::compile(&source, &planned.values, &context);
            super::complain(format_args!("{}", diagnostic::render(&diagnostics, style())));
            match program {
                Some(program) => {
                    say!("{}", scenario::explain::explain(&program, &suite.project.catalogue));
                }
                None => code = super::USAGE,
            }
            shown += 1;
        }
    }
    if shown == 0 {
        super::complain(format_args!("{}", diagnostic::render(&suite.broken, style())));
        let what = "no case, execution or file of that name; `ringtrue list` lists them";
        return Err(Mistake::new(&arguments.case, what).into());
    }
    Ok(code)
}
