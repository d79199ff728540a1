//! Serial lines: a tty, or a pty whose other end is given to a device that runs on this machine.
//!
//! Each has a thread that reads: no kernel stamps bytes, so they are stamped by whoever reads them,
//! and a thread that does nothing else is there sooner than a task that waits for its turn.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, LinkId, Stamped};
use super::task::on_thread;
use crate::rig::fault::Fault;
use crate::time::Tick;
use serialport::{SerialPort, TTYPort};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// An open serial line that delivers what arrives on it.
///
/// Dropping it waits until the line is closed: drop it with the inbox being read, or gone.
#[derive(Debug)]
pub struct SerialLink {
    link: LinkId,
    pco: String,
    clock: RunClock,
    writer: TTYPort,
    /// The device's end of a pty. Held open, so that the line outlives a device that restarts.
    far_end: Option<(TTYPort, PathBuf)>,
    closed: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl SerialLink {
    /// Opens the tty at `path` with 8 data bits, no parity, one stop bit and no flow control.
    ///
    /// # Errors
    ///
    /// There is no such tty, it is in use, or we may not open it.
    pub fn open(
        link: LinkId,
        pco: &str,
        path: &Path,
        baud: u32,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let port = serialport::new(path.to_string_lossy(), baud).open_native().map_err(|error| {
            Fault::new(
                pco,
                format!("open the serial line {}", path.display()),
                error,
                "is the adapter plugged in, no other program using it, and are you in group `dialout`?",
            )
        })?;
        Self::over(link, pco, port, None, clock, feed)
    }

    /// Makes a pty pair, keeps one end, and has the other for a device to open: see
    /// [`far_end`](Self::far_end).
    ///
    /// # Errors
    ///
    /// The machine has no pty to give.
    pub fn pair(link: LinkId, pco: &str, clock: RunClock, feed: Feed) -> Result<Self, Fault> {
        let fault = |cause: String| {
            Fault::new(
                pco,
                "make a pty",
                cause,
                "is `devpts` mounted, and `kernel.pty.max` not reached?",
            )
        };
        let (near, far) = TTYPort::pair().map_err(|error| fault(error.to_string()))?;
        let path = far.name().ok_or_else(|| fault("it has no name".to_owned()))?;
        Self::over(link, pco, near, Some((far, PathBuf::from(path))), clock, feed)
    }

    /// Writes `bytes` and returns the instant at which the first of them was handed to the kernel.
    ///
    /// # Errors
    ///
    /// The line is gone, or its buffer is full because nobody reads at the other end.
    pub fn write(&mut self, bytes: &[u8]) -> Result<Tick, Fault> {
        let at = self.clock.now();
        // One byte at a time: a tty that polls writable has room for one, and only for that many is
        // it sure that the call does not block for as long as the device does not read.
        for byte in bytes.chunks(1) {
            self.writer.write_all(byte).map_err(|error| {
                Fault::new(
                    self.pco.as_str(),
                    format!("write {} bytes to the serial line", bytes.len()),
                    error,
                    "is the device alive and reading its console?",
                )
            })?;
        }
        Ok(at)
    }

    /// Sets the DTR line; `false` where the line has none, as a pty.
    ///
    /// # Errors
    ///
    /// The adapter is gone.
    pub fn set_dtr(&mut self, level: Level) -> Result<bool, Fault> {
        let set = self.writer.write_data_terminal_ready(level == Level::Asserted);
        self.modem_line("DTR", set)
    }

    /// Sets the RTS line; `false` where the line has none, as a pty.
    ///
    /// # Errors
    ///
    /// The adapter is gone.
    pub fn set_rts(&mut self, level: Level) -> Result<bool, Fault> {
        let set = self.writer.write_request_to_send(level == Level::Asserted);
        self.modem_line("RTS", set)
    }

    /// The path of the pty's other end, for the device to open. `None` for a tty.
    pub fn far_end(&self) -> Option<&Path> {
        self.far_end.as_ref().map(|(_, path)| path.as_path())
    }

    /// The identity under which the link delivers.
    pub const fn link(&self) -> LinkId {
        self.link
    }

    fn over(
        link: LinkId,
        pco: &str,
        mut port: TTYPort,
        far_end: Option<(TTYPort, PathBuf)>,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let fault = |cause: String| {
            Fault::new(
                pco,
                "listen on the serial line",
                cause,
                "close other programs and try again",
            )
        };
        let mut writer = port.try_clone_native().map_err(|error| fault(error.to_string()))?;
        writer.set_timeout(PATIENCE).map_err(|error| fault(error.to_string()))?;
        port.set_timeout(GLANCE).map_err(|error| fault(error.to_string()))?;
        let closed = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&closed);
        let reader = thread::Builder::new()
            .name(format!("serial-{}", link.0))
            .spawn(move || {
                let reading = || read(port, link, clock, &feed, &ended);
                // A panic is told already.
                let _over = on_thread(clock, &feed, reading);
            })
            .map_err(|error| fault(error.to_string()))?;
        let reader = Some(reader);
        Ok(Self { link, pco: pco.to_owned(), clock, writer, far_end, closed, reader })
    }

    fn modem_line(&self, name: &str, set: serialport::Result<()>) -> Result<bool, Fault> {
        match set {
            Ok(()) => Ok(true),
            // A pty has no modem lines; serialport gives the kernel's ENOTTY as this kind.
            Err(_) if self.far_end.is_some() => Ok(false),
            Err(error) => Err(Fault::new(
                self.pco.as_str(),
                format!("set {name}"),
                error,
                "is the adapter still plugged in, and does it have that line?",
            )),
        }
    }
}

/// The level of a modem line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// On; the voltage is positive.
    Asserted,
    /// Off.
    Released,
}

impl Drop for SerialLink {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // A tty is ours alone until its last copy is closed, which the reading thread has: the next
        // case could not open it.
        if let Some(reader) = self.reader.take() {
            // It has nothing to tell but that it is over.
            let _over = reader.join();
        }
    }
}

/// Delivers what arrives until the line is closed or gone.
fn read(mut port: TTYPort, link: LinkId, clock: RunClock, feed: &Feed, closed: &AtomicBool) {
    let mut buffer = vec![0; CHUNK];
    while !closed.load(Ordering::Relaxed) {
        let read = port.read(&mut buffer);
        let at = clock.now();
        let (what, over) = match read {
            Ok(0) => (LinkEvent::Closed { link, why: "end of file".to_owned() }, true),
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                (LinkEvent::Bytes { link, bytes }, false)
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => continue,
            Err(error) => (LinkEvent::Closed { link, why: error.to_string() }, true),
        };
        if feed.blocking_send(Stamped { at, what }).is_err() || over {
            return;
        }
    }
}

/// How long a write waits for room: a console at 9600 baud makes some in a millisecond.
const PATIENCE: Duration = Duration::from_millis(20);
/// How soon the reading thread notices that the line was closed.
const GLANCE: Duration = Duration::from_millis(20);
/// Bytes read at a time: as much as a tty holds.
const CHUNK: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::link::{Inbox, channel};
    use std::fs::{File, OpenOptions};

    fn pair() -> (SerialLink, File, Inbox) {
        let (feed, inbox) = channel();
        let line = SerialLink::pair(LinkId(2), "console", RunClock::start(), feed).unwrap();
        let far = OpenOptions::new().read(true).write(true).open(line.far_end().unwrap());
        (line, far.unwrap(), inbox)
    }

    async fn text(inbox: &mut Inbox, length: usize) -> Vec<u8> {
        let mut got = Vec::new();
        while got.len() < length {
            let LinkEvent::Bytes { bytes, link: LinkId(2) } = inbox.recv().await.unwrap().what
            else {
                panic!()
            };
            got.extend(bytes);
        }
        got
    }

    #[tokio::test]
    async fn bytes_pass_both_ways_as_they_are() {
        let (mut line, mut far, mut inbox) = pair();
        let every: Vec<u8> = (0..=255).collect();
        far.write_all(&every).unwrap();
        assert_eq!(text(&mut inbox, 256).await, every);
        line.write(&every).unwrap();
        let mut got = [0; 256];
        far.read_exact(&mut got).unwrap();
        assert_eq!(got.as_slice(), every);
    }

    #[tokio::test]
    async fn the_line_outlives_a_device_that_closes_it() {
        let (line, far, mut inbox) = pair();
        drop(far);
        let mut again = OpenOptions::new().write(true).open(line.far_end().unwrap()).unwrap();
        again.write_all(b"boot: ready\r\n").unwrap();
        assert_eq!(text(&mut inbox, 13).await, b"boot: ready\r\n");
    }

    #[tokio::test]
    async fn a_device_that_does_not_read_is_a_fault_and_no_hang() {
        let (mut line, _far, _inbox) = pair();
        let fault = line.write(&vec![b'x'; 1 << 20]).unwrap_err();
        assert_eq!(fault.remedy, "is the device alive and reading its console?");
    }

    #[tokio::test]
    async fn a_pty_has_no_modem_lines_and_that_is_no_fault() {
        let (mut line, _far, _inbox) = pair();
        assert_eq!(line.set_dtr(Level::Asserted), Ok(false));
        assert_eq!(line.set_rts(Level::Released), Ok(false));
    }

    #[tokio::test]
    async fn a_missing_tty_says_what_to_do() {
        let (feed, _inbox) = channel();
        let path = Path::new("/dev/ttyNONE");
        let opened = SerialLink::open(LinkId(2), "console", path, 115_200, RunClock::start(), feed);
        assert!(opened.unwrap_err().remedy.contains("plugged in"));
    }
}
