//! Subcommands and exit codes.

/// Prints a line. Where nobody reads any more, as behind `head`, the work goes on unheard.
macro_rules! say {
    () => { $crate::cli::print(format_args!("\n")) };
    ($($words:tt)*) => { $crate::cli::print(format_args!("{}\n", format_args!($($words)*))) };
}

/// Prints a line of standard error.
macro_rules! tell {
    ($($words:tt)*) => { $crate::cli::complain(format_args!("{}\n", format_args!($($words)*))) };
}

mod analyze;
mod certify;
mod compare;
mod coverage;
mod doctor;
mod durations;
mod explain;
mod judge;
mod judging;
mod keygen;
mod lanes;
mod lint;
mod list;
mod merge;
mod noise;
mod plan;
mod portion;
mod progress;
mod prove;
mod prune;
mod record;
mod render;
mod repetition;
mod reports;
mod resume;
mod run;
mod select;
mod show;
mod suite;
mod verify;
mod virtually;

use crate::drive::project::Mistake;
use crate::drive::store::StoreError;
use crate::rig::fault::Fault;
use crate::run::boundary::contained;
use crate::scenario::schema;
use crate::verdict::Verdict;
use clap::{Parser, Subcommand};
use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

/// Hardware-in-the-loop conformance harness for SIP devices.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run cases on a device, judge them and write the reports
    Run(run::Arguments),
    /// Say what a run would do: what on which device, how long it takes, and what does not apply and why
    Plan(plan::Arguments),
    /// Put runs together that shared a suite among them, and judge the whole
    Merge(merge::Arguments),
    /// Remove old runs, certified ones never
    Prune(prune::Arguments),
    /// Judge a stored run again, from its folder alone
    Judge(judge::Arguments),
    /// Say what changed from one stored run to another: verdicts, requirements, figures, warnings
    Compare(compare::Arguments),
    /// Run what a profile asks for, and write a signed bundle of what came of it
    Certify(certify::Arguments),
    /// Say whether a bundle is as it was signed, and judge its evidence again
    Verify(verify::Arguments),
    /// Make a pair of keys to sign certificates with
    Keygen(keygen::Arguments),
    /// Make the reports of a stored run again, from its folder alone
    Render(render::Arguments),
    /// Show one case of a stored run: its verdict, its ladder and its findings
    Show(show::Arguments),
    /// Show what a capture shows: dialogs, RTP streams and their figures, digits
    Analyze(analyze::Arguments),
    /// Make a scenario of a dialog in a capture
    Record(record::Arguments),
    /// Check scenario files
    Lint(lint::Arguments),
    /// Show what a scenario compiles to
    Explain(explain::Arguments),
    /// List the cases of the suite
    List(list::Arguments),
    /// Show what the suite covers of the catalogue, and the reasons for the rest
    Coverage(coverage::Arguments),
    /// Print the JSON Schema of scenario files, for editors
    Schema {
        /// The schema of the lists of steps that scenarios include
        #[arg(long)]
        shared: bool,
    },
    /// Run every case against every seeded defect in virtual time, and show what catches what
    Prove(prove::Arguments),
    /// Say for each link of a rig whether it works, and what to do if not
    Doctor(doctor::Arguments),
    /// Send media as cases do, and say how late each packet was: `ci/bench` compares with others
    Noise(noise::Arguments),
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file of the author's or the operator's is wrong.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// Evidence can't be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bench does not work.
    #[error("cannot {0}")]
    Bench(#[from] Fault),
    /// A report can't be written.
    #[error("cannot {doing} {path}: {cause}")]
    Report {
        /// What was tried: `write`.
        doing: &'static str,
        /// The file.
        path: String,
        /// Why.
        cause: String,
    },
    /// We broke down outside any case: what the panic said.
    #[error("ringtrue itself failed: {0}; this is a defect of ours, please report it")]
    Panic(String),
    /// The filters choose no case.
    #[error("nothing selected: {0}")]
    NothingSelected(String),
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { 0 };
            // Where even the message can't be printed, the exit code still tells.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // Whatever was under way is let go of on the way here: the device is off and nothing left over.
    let done = contained(|| perform(arguments.command));
    let done = done.unwrap_or_else(|words| Err(Failure::Panic(words)));
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            tell!("ringtrue: {failure}");
            ExitCode::from(match failure {
                Failure::Mistake(_) => USAGE,
                Failure::Store(_)
                | Failure::Bench(_)
                | Failure::Report { .. }
                | Failure::Panic(_) => ERROR,
                Failure::NothingSelected(_) => NOTHING,
            })
        }
    }
}

fn perform(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Plan(arguments) => plan::plan(&arguments),
        Command::Merge(arguments) => merge::merge(&arguments),
        Command::Prune(arguments) => prune::prune(&arguments),
        Command::Judge(arguments) => judge::judge(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Certify(arguments) => certify::certify(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::Keygen(arguments) => keygen::keygen(&arguments),
        Command::Render(arguments) => render::render(&arguments),
        Command::Show(arguments) => show::show(&arguments),
        Command::Analyze(arguments) => analyze::analyze(&arguments),
        Command::Record(arguments) => record::record(&arguments),
        Command::Lint(arguments) => lint::lint(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::List(arguments) => list::list(&arguments),
        Command::Coverage(arguments) => coverage::coverage(&arguments),
        Command::Schema { shared } => {
            say!("{:#}", if shared { schema::shared() } else { schema::scenario() });
            Ok(0)
        }
        Command::Prove(arguments) => prove::prove(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
        Command::Noise(arguments) => noise::noise(&arguments),
    }
}

/// Prints to standard output, whether or not somebody reads it.
fn print(words: fmt::Arguments<'_>) {
    let _unread = std::io::stdout().write_fmt(words);
}

/// Prints to standard error, whether or not somebody reads it.
fn complain(words: fmt::Arguments<'_>) {
    let _unread = std::io::stderr().write_fmt(words);
}

/// The exit code of a run whose worst verdict this is.
const fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Inconclusive => 2,
        // A finished case without a verdict is a defect of the suite.
        Verdict::Error | Verdict::None => ERROR,
    }
}

const ERROR: u8 = 3;
const NOTHING: u8 = 4;
const USAGE: u8 = 64;
