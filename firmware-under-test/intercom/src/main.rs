//! The door station as a process: sockets, a serial line and a clock around the core.
//!
//! On a host it is a program like any other. As the first process of a system it makes a board of
//! what the kernel found, and is the firmware of that board.

mod board;
mod host;

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    if board::is_ours() {
        let Err(message) = run_on_board();
        complain(&message);
        // A first process that ends would have the kernel start over, and the message pass by.
        loop {
            thread::sleep(Duration::from_secs(3600));
        }
    }
    if std::env::args().skip(1).eq(["--defect", "list"]) {
        return list_defects();
    }
    let arguments = match host::Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => return fail(&message, 64),
    };
    match host::run(&arguments, None) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), 1),
    }
}

/// Runs until the board is reset or loses power.
fn run_on_board() -> Result<Infallible, String> {
    let board = board::start().map_err(|why| format!("cannot {why}"))?;
    let arguments = host::Arguments::read(board.arguments.iter().cloned())?;
    match host::run(&arguments, Some(&board)) {
        Ok(()) => Err("the console is gone".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Prints the tables of seeded defects as `defects.yaml` has them.
fn list_defects() -> ExitCode {
    match std::io::stdout().write_all(intercom::defects_yaml().as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), 1),
    }
}

fn fail(message: &str, code: u8) -> ExitCode {
    complain(message);
    ExitCode::from(code)
}

#[expect(clippy::print_stderr, reason = "it is what a process says when it cannot start")]
fn complain(message: &str) {
    eprintln!("intercom: {message}");
}
