//! A device, or an emulator of one, that runs as a process of ours.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, LinkId, Stamped};
use super::task::Task;
use crate::rig::fault::Fault;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// What to start.
#[derive(Clone, Debug)]
pub struct ProcessSpec {
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// Added to our own environment.
    pub env: Vec<(OsString, OsString)>,
    /// Where it runs; `None` for where we run.
    pub directory: Option<PathBuf>,
    /// What its standard input and output are.
    pub console: Console,
    /// Where its standard error goes. Appended to.
    pub errors: PathBuf,
}

/// What a process has as its standard input and output.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Console {
    /// The tty at this path: the far end of a [`SerialLink`](super::serial::SerialLink).
    Tty(PathBuf),
    /// Pipes to us: what it prints is delivered as bytes of its link.
    Pipes,
    /// Nothing to read; what it prints goes where its errors go.
    Nowhere,
}

/// A running process. Dies with us, by whatever end we come to, and when dropped.
#[derive(Debug)]
pub struct Process {
    link: LinkId,
    pco: String,
    pid: u32,
    input: Option<ChildStdin>,
    stop: Option<mpsc::Sender<Stop>>,
    _reader: Option<Task>,
    _keeper: Task,
}

/// An order to stop within a time, with where to say how it ended.
type Stop = (Duration, oneshot::Sender<String>);

impl Process {
    /// Starts a process; its end is delivered as [`LinkEvent::Exited`].
    ///
    /// Must be called inside a tokio runtime, on a thread that lives as long as the process should:
    /// the kernel kills the process when that thread ends.
    ///
    /// # Errors
    ///
    /// The program is missing, or its files cannot be opened.
    pub fn start(
        link: LinkId,
        pco: &str,
        spec: &ProcessSpec,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let name = spec.argv.first().map(|name| name.to_string_lossy().into_owned());
        let fault = |(cause, remedy): (String, String)| {
            Fault::new(
                pco,
                format!("start `{}`", name.as_deref().unwrap_or("nothing")),
                cause,
                remedy,
            )
        };
        let mut command = command(spec).map_err(fault)?;
        let mut child = command.spawn().map_err(|error| {
            fault((error.to_string(), "install `util-linux`, which has `setpriv`".to_owned()))
        })?;
        let Some(pid) = child.id() else {
            return Err(fault(("it ended at once".to_owned(), see(&spec.errors))));
        };
        let input = child.stdin.take();
        let reader = child
            .stdout
            .take()
            .map(|out| Task::start(clock, feed.clone(), read(out, link, clock, feed.clone())));
        let (stop, orders) = mpsc::channel(1);
        let keeper = Task::start(clock, feed.clone(), keep(child, orders, link, clock, feed));
        Ok(Self {
            link,
            pco: pco.to_owned(),
            pid,
            input,
            stop: Some(stop),
            _reader: reader,
            _keeper: keeper,
        })
    }

    /// Writes to the process's standard input, where its console is [`Console::Pipes`].
    ///
    /// # Errors
    ///
    /// It has ended, does not read, or has another console.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let cause = match &mut self.input {
            None => "its console is not a pipe".to_owned(),
            Some(input) => match timeout(WRITE_PATIENCE, input.write_all(bytes)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not read".to_owned(),
            },
        };
        let doing = format!("write to process {}", self.pid);
        Err(Fault::new(self.pco.as_str(), doing, cause, "has the device crashed? see its log"))
    }

    /// Asks the process to end, ends it by force after `grace`, and says how it ended.
    ///
    /// The end is delivered as an event as well.
    pub async fn stop(&mut self, grace: Duration) -> String {
        let Some(stop) = self.stop.take() else { return ENDED.to_owned() };
        let (answer, ended) = oneshot::channel();
        // A keeper that is gone, or goes before it takes the order, has seen the end already.
        if stop.send((grace, answer)).await.is_err() {
            return ENDED.to_owned();
        }
        ended.await.unwrap_or_else(|_| ENDED.to_owned())
    }

    /// Waits until the process has ended.
    pub async fn ended(&self) {
        if let Some(stop) = &self.stop {
            // Whoever keeps the process takes orders for as long as there is one.
            stop.closed().await;
        }
    }

    /// The process id.
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// The identity under which the process delivers.
    pub const fn link(&self) -> LinkId {
        self.link
    }
}

/// The command of `spec`, behind `setpriv`, which becomes it and has the kernel end it with us.
fn command(spec: &ProcessSpec) -> Result<Command, (String, String)> {
    let Some((program, arguments)) = spec.argv.split_first() else {
        return Err((
            "it has no program".to_owned(),
            "name one in the device's profile".to_owned(),
        ));
    };
    if !is_runnable(Path::new(program), spec.directory.as_deref()) {
        let remedy = "build or install it, or mend its path in the device's profile";
        return Err(("there is no such program".to_owned(), remedy.to_owned()));
    }
    let at = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| (format!("{path}: {error}"), "may we write there?".to_owned())
    };
    let errors = OpenOptions::new().create(true).append(true).open(&spec.errors);
    let errors = errors.map_err(at(&spec.errors))?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).args(arguments);
    command.envs(spec.env.iter().cloned()).kill_on_drop(true);
    if let Some(directory) = &spec.directory {
        command.current_dir(directory);
    }
    match &spec.console {
        Console::Tty(path) => {
            let tty = OpenOptions::new().read(true).write(true).open(path).map_err(at(path))?;
            command.stdin(tty.try_clone().map_err(at(path))?).stdout(tty);
        }
        Console::Pipes => {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        }
        Console::Nowhere => {
            let output: File = errors.try_clone().map_err(at(&spec.errors))?;
            command.stdin(Stdio::null()).stdout(output);
        }
    }
    command.stderr(errors);
    Ok(command)
}

/// Whether there is such a program: at its path, or by its name on the search path.
fn is_runnable(program: &Path, directory: Option<&Path>) -> bool {
    if program.components().count() > 1 {
        return directory.map_or_else(|| program.to_owned(), |at| at.join(program)).is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Waits for the end of `child`, by itself or by order, and delivers it.
async fn keep(
    mut child: Child,
    mut orders: mpsc::Receiver<Stop>,
    link: LinkId,
    clock: RunClock,
    feed: Feed,
) {
    let ended = tokio::select! {
        status = child.wait() => Err(status),
        Some(order) = orders.recv() => Ok(order),
    };
    let (status, answer) = match ended {
        Err(status) => (status, None),
        Ok((grace, answer)) => (end(&mut child, grace).await, Some(answer)),
    };
    let status = status.map_or_else(|error| error.to_string(), in_words);
    if let Some(answer) = answer {
        // Whoever ordered the end may have stopped waiting.
        let _told = answer.send(status.clone());
    }
    let what = LinkEvent::Exited { link, status };
    // The dispatcher may be gone; nobody is then left to be told.
    let _told = feed.send(Stamped { at: clock.now(), what }).await;
}

/// Asks `child` to end, then makes it.
async fn end(child: &mut Child, grace: Duration) -> io::Result<ExitStatus> {
    // The id is that of our child for as long as we have not waited for it.
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
        match kill(Pid::from_raw(pid), Signal::SIGTERM) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    if let Ok(status) = timeout(grace, child.wait()).await {
        return status;
    }
    child.start_kill()?;
    child.wait().await
}

fn in_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal().and_then(|number| Signal::try_from(number).ok())) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by {signal}"),
        (None, None) => status.to_string(),
    }
}

fn see(path: &Path) -> String {
    format!("see {}", path.display())
}

/// Delivers what the process prints.
async fn read(mut out: ChildStdout, link: LinkId, clock: RunClock, feed: Feed) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(length @ 1..) = out.read(&mut buffer).await {
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        let event = Stamped { at: clock.now(), what: LinkEvent::Bytes { link, bytes } };
        if feed.send(event).await.is_err() {
            return;
        }
    }
}

/// How a process ended whose end was delivered earlier.
const ENDED: &str = "ended before";
/// How long a write may take.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);
/// Bytes read at a time.
const CHUNK: usize = 4096;

#[cfg(test)]
mod tests;
