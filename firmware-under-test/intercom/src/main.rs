//! The door station as a process: sockets, a serial line and a clock around the core.

mod host;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match host::Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => return fail(&message, 64),
    };
    match host::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), 1),
    }
}

#[expect(clippy::print_stderr, reason = "it is what a process says when it cannot start")]
fn fail(message: &str, code: u8) -> ExitCode {
    eprintln!("intercom: {message}");
    ExitCode::from(code)
}
