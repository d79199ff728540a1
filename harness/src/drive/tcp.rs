//! A TCP connection to a control interface of a device.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, LinkId, Stamped};
use super::task::Task;
use crate::rig::fault::Fault;
use crate::time::Tick;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{sleep, timeout};

/// An open connection that delivers what arrives on it.
#[derive(Debug)]
pub struct TcpLink {
    link: LinkId,
    pco: String,
    remote: SocketAddr,
    clock: RunClock,
    writer: OwnedWriteHalf,
    _reader: Task,
}

impl TcpLink {
    /// Connects to `remote`, again and again for as long as `patience`: the device may be booting.
    ///
    /// # Errors
    ///
    /// Nobody answers there.
    pub async fn connect(
        link: LinkId,
        pco: &str,
        remote: SocketAddr,
        patience: Duration,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let fault = |cause: String| {
            let remedy = "is the device up, and does its profile name the right port?";
            Fault::new(pco, format!("connect to {remote}"), cause, remedy)
        };
        let mut last = None;
        let attempts = async {
            loop {
                match TcpStream::connect(remote).await {
                    Ok(stream) if is_to_itself(&stream) => last = Some(free_at_once(&stream)),
                    Ok(stream) => return stream,
                    Err(error) => last = Some(error),
                }
                sleep(RETRY).await;
            }
        };
        let Ok(stream) = timeout(patience, attempts).await else {
            let last =
                last.map_or_else(|| "no answer".to_owned(), |error: io::Error| error.to_string());
            return Err(fault(format!("{last} for {patience:?}")));
        };
        stream.set_nodelay(true).map_err(|error| fault(error.to_string()))?;
        let (reader, writer) = stream.into_split();
        let reader = Task::start(clock, feed.clone(), read(reader, link, clock, feed));
        Ok(Self { link, pco: pco.to_owned(), remote, clock, writer, _reader: reader })
    }

    /// Writes `bytes` and returns the instant at which the first of them was handed to the kernel.
    ///
    /// # Errors
    ///
    /// The device closed the connection, or does not read what was written before.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<Tick, Fault> {
        let at = self.clock.now();
        let written = timeout(WRITE_PATIENCE, self.writer.write_all(bytes)).await;
        let cause = match written {
            Ok(Ok(())) => return Ok(at),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the device does not read".to_owned(),
        };
        let doing = format!("write {} bytes to {}", bytes.len(), self.remote);
        Err(Fault::new(self.pco.as_str(), doing, cause, "did the device restart?"))
    }

    /// The identity under which the link delivers.
    pub const fn link(&self) -> LinkId {
        self.link
    }
}

/// Whether the kernel chose as our own port the one that we connect to, and so made us our own peer:
/// it may, at addresses of this machine where nobody listens.
fn is_to_itself(stream: &TcpStream) -> bool {
    matches!((stream.local_addr(), stream.peer_addr()), (Ok(local), Ok(peer)) if local == peer)
}

/// Has a connection leave no trace when it is dropped, so that the device can have the port.
fn free_at_once(stream: &TcpStream) -> io::Error {
    match stream.set_zero_linger() {
        Ok(()) => io::ErrorKind::ConnectionRefused.into(),
        Err(error) => error,
    }
}

/// Delivers what arrives until the connection or the dispatcher is gone.
async fn read(mut reader: OwnedReadHalf, link: LinkId, clock: RunClock, feed: Feed) {
    let mut buffer = vec![0; CHUNK];
    loop {
        // A delayed acknowledgement makes the other end hold back what it says next, for up to 40 ms,
        // and so its stamp would be late. The kernel forgets the option, hence each time.
        let acknowledged = reader.as_ref().set_quickack(true);
        debug_assert!(acknowledged.is_ok(), "a kernel without TCP_QUICKACK");
        let read = reader.read(&mut buffer).await;
        let at = clock.now();
        let (what, over) = match read {
            Ok(0) => (LinkEvent::Closed { link, why: "closed by the device".to_owned() }, true),
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                (LinkEvent::Bytes { link, bytes }, false)
            }
            Err(error) => (LinkEvent::Closed { link, why: error.to_string() }, true),
        };
        if feed.send(Stamped { at, what }).await.is_err() || over {
            return;
        }
    }
}

/// How long after a refusal the next attempt is made.
const RETRY: Duration = Duration::from_millis(50);
/// How long a write may take.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);
/// Bytes read at a time.
const CHUNK: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::link::channel;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn bytes_pass_both_ways_and_the_end_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (feed, mut inbox) = channel();
        let remote = listener.local_addr().unwrap();
        let clock = RunClock::start();
        let patience = Duration::from_secs(5);
        let mut link =
            TcpLink::connect(LinkId(5), "ctrl", remote, patience, clock, feed).await.unwrap();
        let (mut device, _) = listener.accept().await.unwrap();
        link.write(b"3:{\"},").await.unwrap();
        let mut got = [0; 6];
        device.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"3:{\"},");
        device.write_all(b"ok").await.unwrap();
        let bytes = LinkEvent::Bytes { link: LinkId(5), bytes: b"ok".to_vec() };
        assert_eq!(inbox.recv().await.unwrap().what, bytes);
        drop(device);
        assert!(matches!(inbox.recv().await.unwrap().what, LinkEvent::Closed { .. }));
    }

    #[tokio::test]
    async fn ones_own_end_is_nobody() {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap();
        let stream = socket.connect(port).await.unwrap();
        assert!(is_to_itself(&stream));
        assert_eq!(free_at_once(&stream).kind(), io::ErrorKind::ConnectionRefused);
        drop(stream);

        let listener = TcpListener::bind(port).await.expect("the port is free again at once");
        assert!(!is_to_itself(&TcpStream::connect(port).await.unwrap()));
        drop(listener);
    }

    #[tokio::test]
    async fn nobody_there_is_a_fault() {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let (feed, _inbox) = channel();
        let clock = RunClock::start();
        let patience = Duration::from_millis(120);
        let fault =
            TcpLink::connect(LinkId(5), "ctrl", gone, patience, clock, feed).await.unwrap_err();
        assert!(fault.cause.contains("refused"), "{fault}");
    }
}
