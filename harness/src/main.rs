//! The `ringtrue` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ringtrue::cli::main()
}
