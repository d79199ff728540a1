//! SIP over TCP and TLS: the listeners of one of our ends, and its connections.
//!
//! What arrives is stamped on reading; the kernel stamps no streams.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, LinkId, Stamped};
use super::pki::Identity;
use super::task::Task;
use crate::proto::transport::Hop;
use crate::rig::fault::Fault;
use crate::time::Tick;
use crate::wire::sip::Framer;
use crate::wire::{ConnectionId, Transport};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The listeners and connections of one point. Everything ends when it is dropped.
#[derive(Debug)]
pub struct StreamLink {
    end: End,
    pco: String,
    local: SocketAddr,
    tls: SocketAddr,
    accepted: mpsc::Receiver<(ConnectionId, Writer)>,
    connections: BTreeMap<ConnectionId, Connection>,
    _tasks: Vec<Task>,
}

/// What is to be written to a connection.
type Writer = mpsc::Sender<Vec<u8>>;

#[derive(Debug)]
struct Connection {
    writer: Writer,
    framer: Framer,
    /// Our address and that of the other end, once it is open.
    ends: Option<(SocketAddr, SocketAddr)>,
    /// Of a connection of ours.
    _task: Option<Task>,
}

/// What every task of a link has.
#[derive(Clone, Debug)]
struct End {
    link: LinkId,
    clock: RunClock,
    feed: Feed,
    identity: Identity,
}

/// A connection as its events name it.
#[derive(Clone, Copy, Debug)]
struct Name {
    id: ConnectionId,
    transport: Transport,
    local: SocketAddr,
    remote: SocketAddr,
}

impl StreamLink {
    /// Listens for TCP at `address`, and for TLS at a free port of its host.
    ///
    /// Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// The address is not ours, or its port is taken.
    pub fn bind(
        link: LinkId,
        pco: &str,
        address: SocketAddr,
        identity: Identity,
        clock: RunClock,
        feed: Feed,
    ) -> Result<Self, Fault> {
        let fault = |error: io::Error| {
            let remedy = "is another run, or a softphone, still using the port?";
            Fault::new(pco, format!("listen for TCP at {address}"), error, remedy)
        };
        let plain = listen(address).map_err(fault)?;
        let secure = listen(SocketAddr::new(address.ip(), 0)).map_err(fault)?;
        let (local, tls) =
            (plain.local_addr().map_err(fault)?, secure.local_addr().map_err(fault)?);
        let end = End { link, clock, feed, identity };
        let (adopt, accepted) = mpsc::channel(QUEUE);
        let tasks =
            [(plain, Transport::Tcp), (secure, Transport::Tls)].map(|(listener, transport)| {
                end.start(accept(listener, transport, end.clone(), adopt.clone()))
            });
        let (pco, connections) = (pco.to_owned(), BTreeMap::new());
        Ok(Self { end, pco, local, tls, accepted, connections, _tasks: tasks.into() })
    }

    /// Opens a connection; its events say what comes of it.
    pub fn connect(&mut self, id: ConnectionId, hop: Hop) {
        let (writer, outbox) = mpsc::channel(QUEUE);
        let task = self.end.start(open(id, hop, self.local, self.end.clone(), outbox));
        let connection =
            Connection { writer, framer: Framer::default(), ends: None, _task: Some(task) };
        self.connections.insert(id, connection);
    }

    /// Takes the news that a connection is open.
    pub fn opened(&mut self, id: ConnectionId, local: SocketAddr, remote: SocketAddr) {
        self.adopt();
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.ends = Some((local, remote));
        }
    }

    /// Our address of an open connection, and that of the other end.
    pub fn ends(&self, id: ConnectionId) -> Option<(SocketAddr, SocketAddr)> {
        self.connections.get(&id)?.ends
    }

    /// Takes over the connections that came in.
    fn adopt(&mut self) {
        while let Ok((id, writer)) = self.accepted.try_recv() {
            let connection =
                Connection { writer, framer: Framer::default(), ends: None, _task: None };
            self.connections.insert(id, connection);
        }
    }

    /// Forgets a connection that is closed.
    pub fn forget(&mut self, id: ConnectionId) {
        self.adopt();
        self.connections.remove(&id);
    }

    /// Writes to a connection and returns when; none if it is closed, as its events say.
    ///
    /// # Errors
    ///
    /// The other end has not read for long.
    pub fn write(&self, id: ConnectionId, bytes: &[u8]) -> Result<Option<Tick>, Fault> {
        let Some(connection) = self.connections.get(&id) else { return Ok(None) };
        let at = self.end.clock.now();
        match connection.writer.try_send(bytes.to_vec()) {
            Ok(()) => Ok(Some(at)),
            Err(TrySendError::Closed(_)) => Ok(None),
            Err(TrySendError::Full(_)) => Err(Fault::new(
                self.pco.as_str(),
                format!("write {} bytes to a connection", bytes.len()),
                format!("the device has not read the last {QUEUE} messages"),
                "has the device hung?",
            )),
        }
    }

    /// Cuts what came along a connection where messages end.
    pub fn cut(&mut self, id: ConnectionId, bytes: &[u8]) -> Vec<Vec<u8>> {
        match self.connections.get_mut(&id) {
            Some(connection) => {
                connection.framer.cut(bytes).into_iter().map(<[u8]>::to_vec).collect()
            }
            None => vec![bytes.to_vec()],
        }
    }

    /// The address that it listens at for TCP.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// The address that it listens at for TLS.
    pub const fn tls(&self) -> SocketAddr {
        self.tls
    }
}

impl End {
    fn start(&self, work: impl Future<Output = ()> + Send + 'static) -> Task {
        Task::start(self.clock, self.feed.clone(), work)
    }

    async fn tell(&self, what: LinkEvent) -> bool {
        let at = self.clock.now();
        self.feed.send(Stamped { at, what }).await.is_ok()
    }

    async fn closed(&self, connection: ConnectionId, why: String) {
        // The dispatcher may be gone; nobody is then left to be told.
        let _told = self.tell(LinkEvent::StreamClosed { link: self.link, connection, why }).await;
    }

    /// Carries what passes a connection that is open, both ways, until it is closed.
    async fn carry<S>(&self, name: Name, stream: S, mut outbox: mpsc::Receiver<Vec<u8>>)
    where
        S: AsyncRead + AsyncWrite,
    {
        let Name { id: connection, transport, local, remote } = name;
        let link = self.link;
        let opened = LinkEvent::StreamOpened { link, connection, transport, local, remote };
        if !self.tell(opened).await {
            return;
        }
        let (mut reader, mut writer) = split(stream);
        let mut buffer = vec![0; CHUNK];
        let why = loop {
            tokio::select! {
                read = reader.read(&mut buffer) => match read {
                    Ok(0) => break "closed by the other end".to_owned(),
                    Ok(length) => {
                        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                        let read = LinkEvent::StreamBytes { link, connection, local, remote, bytes };
                        if !self.tell(read).await {
                            return;
                        }
                    }
                    Err(error) => break error.to_string(),
                },
                Some(bytes) = outbox.recv() => {
                    let written = timeout(PATIENCE, async {
                        writer.write_all(&bytes).await?;
                        writer.flush().await
                    });
                    match written.await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => break error.to_string(),
                        Err(_) => break "the other end does not read".to_owned(),
                    }
                }
            }
        };
        self.closed(connection, why).await;
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Accepts connections for as long as the link is there.
async fn accept(
    listener: TcpListener,
    transport: Transport,
    end: End,
    adopt: mpsc::Sender<(ConnectionId, Writer)>,
) {
    let mut tasks = JoinSet::new();
    // The two listeners number by turns.
    let mut number = if transport == Transport::Tls { 1 } else { 2 };
    loop {
        let (stream, remote) = match listener.accept().await {
            Ok(accepted) => accepted,
            // The other end gave up before we came to it.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                let what = LinkEvent::Closed { link: end.link, why: error.to_string() };
                end.tell(what).await;
                return;
            }
        };
        let id = ConnectionId::incoming(number);
        number += 2;
        let (writer, outbox) = mpsc::channel(QUEUE);
        if adopt.send((id, writer)).await.is_err() {
            return;
        }
        let end = end.clone();
        tasks.spawn(async move {
            let Ok(local) = prepared(&stream) else { return };
            let name = Name { id, transport, local, remote };
            match transport {
                Transport::Tls => {
                    match timeout(PATIENCE, end.identity.acceptor().accept(stream)).await {
                        Ok(Ok(stream)) => end.carry(name, stream, outbox).await,
                        Ok(Err(error)) => end.closed(id, format!("TLS: {error}")).await,
                        Err(_) => end.closed(id, "TLS: no handshake".to_owned()).await,
                    }
                }
                Transport::Udp | Transport::Tcp => end.carry(name, stream, outbox).await,
            }
        });
    }
}

/// Opens a connection to `hop` from the host of `from`.
async fn open(
    id: ConnectionId,
    hop: Hop,
    from: SocketAddr,
    end: End,
    outbox: mpsc::Receiver<Vec<u8>>,
) {
    let Hop { transport, remote } = hop;
    let connecting = timeout(PATIENCE, connect(from, remote));
    let stream = match connecting.await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return end.closed(id, error.to_string()).await,
        Err(_) => return end.closed(id, "no answer".to_owned()).await,
    };
    let Ok(local) = prepared(&stream) else { return end.closed(id, "reset".to_owned()).await };
    let name = Name { id, transport, local, remote };
    if transport != Transport::Tls {
        return end.carry(name, stream, outbox).await;
    }
    let server = remote.ip().into();
    match timeout(PATIENCE, end.identity.connector().connect(server, stream)).await {
        Ok(Ok(stream)) => end.carry(name, stream, outbox).await,
        Ok(Err(error)) => end.closed(id, format!("TLS: {error}")).await,
        Err(_) => end.closed(id, "TLS: no handshake".to_owned()).await,
    }
}

async fn connect(from: SocketAddr, remote: SocketAddr) -> io::Result<TcpStream> {
    let socket = if remote.is_ipv6() { TcpSocket::new_v6()? } else { TcpSocket::new_v4()? };
    socket.bind(SocketAddr::new(from.ip(), 0))?;
    socket.connect(remote).await
}

/// A connection whose small messages go out at once; returns our address of it.
fn prepared(stream: &TcpStream) -> io::Result<SocketAddr> {
    stream.set_nodelay(true)?;
    stream.local_addr()
}

/// How many messages may wait to be written to one connection.
const QUEUE: usize = 256;
/// Bytes read at a time.
const CHUNK: usize = 65_536;
/// How long opening a connection, a handshake and a write may take.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
