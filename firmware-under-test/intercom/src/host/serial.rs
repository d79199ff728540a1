//! The serial line of a host: a terminal, a pseudo-terminal, or standard input and output.

use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::pty::openpty;
use nix::sys::stat::Mode;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{read, ttyname, write};

use super::arguments::Console;

/// An open serial line.
pub(crate) struct Serial {
    input: OwnedFd,
    output: OwnedFd,
    /// Watched beside the line, for its end is the device's.
    standard_input: Option<OwnedFd>,
    /// Our hold on the other end of our own pty: without it the line breaks with each user.
    _user_end: Option<OwnedFd>,
}

impl Serial {
    /// Opens the line; a pty's path goes to standard output.
    ///
    /// # Errors
    ///
    /// When there is no such terminal.
    pub(crate) fn open(console: &Console) -> io::Result<Self> {
        match console {
            Console::Standard => {
                let input = io::stdin().as_fd().try_clone_to_owned()?;
                let output = io::stdout().as_fd().try_clone_to_owned()?;
                Ok(Self { input, output, standard_input: None, _user_end: None })
            }
            Console::Pty => Self::own_pty(),
            Console::Terminal(path) => Self::terminal(path),
        }
    }

    /// What to wait for.
    pub(crate) fn watched(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.input.as_fd()).chain(self.standard_input.iter().map(OwnedFd::as_fd))
    }

    /// What has come in, perhaps nothing; `None` when the line is closed.
    pub(crate) fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(standard) = &self.standard_input
            && is_readable(standard)?
            && receive(standard)?.is_none()
        {
            return Ok(None);
        }
        if is_readable(&self.input)? { receive(&self.input) } else { Ok(Some(Vec::new())) }
    }

    /// Writes without waiting: a line that nobody reads loses octets, as a UART does.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match write(&self.output, bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }

    fn own_pty() -> io::Result<Self> {
        let pty = openpty(None, None)?;
        make_raw(&pty.slave)?;
        fcntl(&pty.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        writeln!(io::stdout(), "{}", ttyname(&pty.slave)?.display())?;
        Ok(Self {
            output: pty.master.try_clone()?,
            input: pty.master,
            standard_input: Some(io::stdin().as_fd().try_clone_to_owned()?),
            _user_end: Some(pty.slave),
        })
    }

    fn terminal(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let named = |e: Errno| io::Error::other(format!("cannot open {}: {e}", path.display()));
        let input = open(path, flags, Mode::empty()).map_err(named)?;
        make_raw(&input)?;
        Ok(Self { output: input.try_clone()?, input, standard_input: None, _user_end: None })
    }
}

/// What can be read now; `None` at the end.
fn receive(from: &OwnedFd) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; 4096];
    match read(from, &mut bytes) {
        // The other end of a terminal is gone.
        Ok(0) | Err(Errno::EIO) => Ok(None),
        Ok(length) => {
            bytes.truncate(length);
            Ok(Some(bytes))
        }
        Err(Errno::EAGAIN | Errno::EINTR) => Ok(Some(Vec::new())),
        Err(error) => Err(error.into()),
    }
}

fn is_readable(fd: &OwnedFd) -> io::Result<bool> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    Ok(poll(&mut [PollFd::new(fd.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO)? > 0)
}

fn make_raw(terminal: &OwnedFd) -> io::Result<()> {
    let mut modes = tcgetattr(terminal)?;
    cfmakeraw(&mut modes);
    Ok(tcsetattr(terminal, SetArg::TCSANOW, &modes)?)
}
