//! `ringtrue list`: the cases of the suite.

use super::Failure;
use super::select::Selection;
use super::suite::{Place, Suite};
use clap::Args;

/// The options of `ringtrue list`.
#[derive(Args, Clone, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    /// List executions, one for each combination of matrix values
    #[arg(long)]
    executions: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn list(arguments: &Arguments) -> Result<u8, Failure> {
    let suite = Suite::read(&arguments.place)?;
    let filter = arguments.selection.filter();
    let (mut rows, mut fits) = (Vec::new(), 0);
    for (path, header) in &suite.cases {
        let executions = header.varied(&arguments.selection.variation());
        let wanted: Vec<_> =
            executions.iter().map(|(id, _)| id).filter(|id| filter.wants(header, id)).collect();
        if wanted.is_empty() {
            continue;
        }
        fits += 1;
        let case = &header.case;
        if arguments.json {
            rows.push(serde_json::json!({
                "id": case.id,
                "group": header.group,
                "title": case.title,
                "requires": case.requires.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "tags": case.tags,
                "when": case.when,
                "defects": case.defects,
                "file": path,
                "executions": wanted,
            }));
        } else if arguments.executions {
            for id in wanted {
                say!("{id}");
            }
        } else {
            say!("{:<12} {}", case.id, case.title);
        }
    }
    if arguments.json {
        say!("{:#}", serde_json::Value::from(rows));
    }
    if fits == 0 {
        let what = format!("no case of {} fits the filters", suite.cases.len());
        return Err(Failure::NothingSelected(what));
    }
    Ok(0)
}
