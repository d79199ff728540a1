//! One byte stream of a host: a socket, with TLS over it or without.

use std::io::{self, ErrorKind, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use intercom::{Connection, Distrust, Stream};

use super::tls::Secured;

/// A byte stream; nothing that is done with it blocks.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: Connection,
    pub(super) socket: TcpStream,
    pub(super) phase: Phase,
    /// When its phase began.
    pub(super) since: Duration,
    session: Session,
}

/// How far a stream has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    /// The other end has not answered.
    Connecting,
    /// TLS is being set up.
    Shaking,
    Open,
    /// To be closed when everything is written.
    Closing,
}

#[derive(Debug)]
enum Session {
    /// What is to be written.
    Plain(Vec<u8>),
    Tls(Box<Secured>),
}

impl Link {
    /// A stream over a socket; with `tls` over TLS.
    pub(super) fn new(
        now: Duration,
        id: Connection,
        socket: TcpStream,
        phase: Phase,
        tls: Option<Secured>,
    ) -> Self {
        let session = match tls {
            Some(mut tls) => {
                tls.session.set_buffer_limit(None);
                Session::Tls(Box::new(tls))
            }
            None => Session::Plain(Vec::new()),
        };
        Self { id, socket, phase, since: now, session }
    }

    /// What carries it.
    pub(super) const fn stream(&self) -> Stream {
        match self.session {
            Session::Plain(_) => Stream::Tcp,
            Session::Tls(_) => Stream::Tls,
        }
    }

    /// Whether the other end has answered, if that is known by now.
    ///
    /// # Errors
    ///
    /// It refuses, or is not there.
    pub(super) fn has_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        match self.socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether TLS is still being set up.
    pub(super) fn is_shaking(&self) -> bool {
        matches!(&self.session, Session::Tls(tls) if tls.session.is_handshaking())
    }

    /// Why the device does not speak to the other end, if `error` is because of that.
    pub(super) fn distrust(&self, error: &io::Error) -> Option<Distrust> {
        let Session::Tls(tls) = &self.session else { return None };
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
        let nothing = cause == Some(&rustls::Error::NoCertificatesPresented);
        tls.distrust.get().cloned().or_else(|| nothing.then_some(Distrust::Nothing))
    }

    /// Whether it waits to be writable.
    pub(super) fn wants_write(&self) -> bool {
        self.phase == Phase::Connecting
            || match &self.session {
                Session::Plain(waiting) => !waiting.is_empty(),
                Session::Tls(tls) => tls.session.wants_write(),
            }
    }

    /// What has come; `None` at the end of the stream.
    ///
    /// # Errors
    ///
    /// The stream is broken, or the other end is not who it should be.
    pub(super) fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let open = match &mut self.session {
            Session::Plain(_) => drain(&mut self.socket, &mut bytes)?,
            Session::Tls(secured) => {
                let tls = &mut secured.session;
                let mut open = true;
                loop {
                    match tls.read_tls(&mut self.socket) {
                        Ok(0) => {
                            open = false;
                            break;
                        }
                        Ok(_) => {}
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                    let state = tls.process_new_packets();
                    if state.is_err() {
                        // The alert that says why.
                        let _ = tls.write_tls(&mut self.socket);
                    }
                    state.map_err(io::Error::other)?;
                    open &= drain(&mut tls.reader(), &mut bytes)?;
                }
                open
            }
        };
        Ok((open || !bytes.is_empty()).then_some(bytes))
    }

    /// Writes, now or when there is room.
    ///
    /// # Errors
    ///
    /// The stream is broken, or the other end does not read.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.session {
            Session::Plain(waiting) if waiting.len() > MOST_WAITING => {
                return Err(ErrorKind::WriteZero.into());
            }
            Session::Plain(waiting) => waiting.extend_from_slice(bytes),
            Session::Tls(tls) => tls.session.writer().write_all(bytes)?,
        }
        self.flush()
    }

    /// Writes what waits, as far as there is room.
    ///
    /// # Errors
    ///
    /// The stream is broken.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.wants_write() && self.phase != Phase::Connecting {
            let written = match &mut self.session {
                Session::Plain(waiting) => self.socket.write(waiting).map(|count| {
                    waiting.drain(..count);
                }),
                Session::Tls(tls) => tls.session.write_tls(&mut self.socket).map(|_| ()),
            };
            match written {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Says that nothing more will be written.
    pub(super) fn say_goodbye(&mut self) {
        if let Session::Tls(tls) = &mut self.session {
            tls.session.send_close_notify();
        }
    }
}

/// Reads what is there; false at the end of the stream.
fn drain(from: &mut impl io::Read, into: &mut Vec<u8>) -> io::Result<bool> {
    let mut some = [0; 4096];
    loop {
        match from.read(&mut some) {
            Ok(0) => return Ok(false),
            Ok(count) => into.extend_from_slice(some.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes that may wait for an other end that does not read.
const MOST_WAITING: usize = 1 << 20;
