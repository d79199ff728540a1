//! Media in time: one thread that sends every stream's packets at absolute deadlines.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, Stamped, StreamId};
use super::realtime::{self, Scheduling};
use super::spread::Spread;
use super::task::on_thread;
use super::udp::PacedSocket;
use crate::rig::fault::Fault;
use crate::time::Tick;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::vec;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

/// Packets to be sent at set times.
#[derive(Debug)]
pub struct Stream {
    /// Names the stream, to stop it and when it is done. Unique in a run.
    pub id: StreamId,
    /// The socket to send from.
    pub socket: PacedSocket,
    /// Where to send.
    pub remote: SocketAddr,
    /// The instant to which the offsets are added. One that is past makes the first packets late.
    pub start: Tick,
    /// The packets with their offsets, in ascending order.
    pub packets: Vec<(Duration, Vec<u8>)>,
}

/// How well the pacer kept time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pacing {
    /// How the kernel schedules the pacer's thread.
    pub scheduling: Scheduling,
    /// Instant of sending minus deadline, packet by packet.
    pub errors: Vec<Duration>,
}

impl Pacing {
    /// How the errors are spread.
    pub fn late(&self) -> Spread {
        Spread::of(&self.errors)
    }
}

/// The thread that sends media. Every stream of a run goes through the one pacer.
#[derive(Debug)]
pub struct Pacer {
    orders: SyncSender<Order>,
    thread: JoinHandle<Result<Pacing, String>>,
}

impl Pacer {
    /// Starts the thread; it delivers each packet sent to `feed`, with its instant.
    ///
    /// # Errors
    ///
    /// The machine has no thread left to give.
    pub fn start(clock: RunClock, feed: Feed) -> Result<Self, Fault> {
        let (orders, inbox) = sync_channel(ORDERS);
        let thread = thread::Builder::new()
            .name("pacer".to_owned())
            .spawn(move || {
                let worker = Worker::new(clock, feed.clone(), inbox);
                on_thread(clock, &feed, || worker.run())
            })
            .map_err(|error| {
                Fault::new("media", "start the pacer's thread", error, "raise `ulimit -u`")
            })?;
        Ok(Self { orders, thread })
    }

    /// Sends `stream`, whose first packet should be at least 5 ms away.
    pub fn play(&self, stream: Stream) {
        self.order(Order::Play(stream));
    }

    /// Ends a stream before its last packet. No effect on one that is over.
    pub fn stop(&self, stream: StreamId) {
        self.order(Order::Stop(stream));
    }

    /// How well the pacer has kept time so far, or `None` if its thread is gone.
    pub async fn pacing(&self) -> Option<Pacing> {
        let (answer, asked) = oneshot::channel();
        self.order(Order::Tell(answer));
        asked.await.ok()
    }

    /// Ends every stream and the thread, and returns how well the pacer kept time.
    ///
    /// Waits until the last event is delivered: call it with the inbox alive and being read, or gone.
    ///
    /// # Errors
    ///
    /// The thread broke down.
    pub fn finish(self) -> Result<Pacing, Fault> {
        drop(self.orders);
        let words = match self.thread.join() {
            Ok(Ok(pacing)) => return Ok(pacing),
            Ok(Err(words)) => words,
            Err(_) => "its thread panicked".to_owned(),
        };
        Err(Fault::new("media", "end the pacer", words, "report this as a defect"))
    }

    fn order(&self, order: Order) {
        // The thread ends only with `self`, or by a panic, which it has told.
        let _taken = self.orders.send(order);
    }
}

enum Order {
    Play(Stream),
    Stop(StreamId),
    Tell(oneshot::Sender<Pacing>),
}

/// A stream under way.
struct Playing {
    id: StreamId,
    socket: PacedSocket,
    remote: SocketAddr,
    start: Tick,
    next: (Duration, Vec<u8>),
    rest: vec::IntoIter<(Duration, Vec<u8>)>,
}

impl Playing {
    fn due(&self) -> Tick {
        self.start + self.next.0
    }
}

struct Worker {
    clock: RunClock,
    feed: Feed,
    orders: Receiver<Order>,
    playing: Vec<Playing>,
    /// Events for which the channel had no room: the deadline of the next packet comes first.
    backlog: VecDeque<Stamped<LinkEvent>>,
    scheduling: Scheduling,
    late: Vec<Duration>,
}

impl Worker {
    fn new(clock: RunClock, feed: Feed, orders: Receiver<Order>) -> Self {
        let scheduling = realtime::prefer(PRIORITY);
        let (playing, late) = (Vec::new(), Vec::new());
        Self { clock, feed, orders, playing, backlog: VecDeque::new(), scheduling, late }
    }

    fn run(mut self) -> Pacing {
        while self.step() {}
        for event in std::mem::take(&mut self.backlog) {
            if self.feed.blocking_send(event).is_err() {
                break;
            }
        }
        self.pacing()
    }

    /// Takes one order or sends one packet; `false` when the owner is gone.
    fn step(&mut self) -> bool {
        let next = self.playing.iter().enumerate().min_by_key(|(_, stream)| stream.due());
        let next = next.map(|(index, stream)| (index, stream.due()));
        let idle = next.map(|(_, due)| due.since(self.clock.now() + NEAR));
        // With a backlog, come back soon to try it again.
        let idle =
            if self.backlog.is_empty() { idle } else { Some(idle.unwrap_or(NEAR).min(NEAR)) };
        let order = match idle {
            Some(idle) => self.orders.recv_timeout(idle),
            None => self.orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match order {
            Ok(order) => self.obey(order),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => match next {
                Some((index, due)) if due <= self.clock.now() + NEAR => self.send(index, due),
                _ => {}
            },
        }
        self.deliver();
        true
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Play(Stream { id, socket, remote, start, packets }) => {
                let mut rest = packets.into_iter();
                match rest.next() {
                    Some(next) => {
                        self.playing.push(Playing { id, socket, remote, start, next, rest });
                    }
                    None => self.tell(LinkEvent::StreamDone { link: socket.link, stream: id }),
                }
            }
            Order::Stop(id) => {
                for index in (0..self.playing.len()).rev() {
                    if self.playing.get(index).is_some_and(|stream| stream.id == id) {
                        self.end(index);
                    }
                }
            }
            Order::Tell(answer) => {
                // Whoever asked may have stopped waiting.
                let _told = answer.send(self.pacing());
            }
        }
    }

    fn send(&mut self, index: usize, due: Tick) {
        let at = realtime::sleep_until(&self.clock, due);
        let Some(stream) = self.playing.get_mut(index) else { return };
        let (link, remote) = (stream.socket.link, stream.remote);
        let mut reported = Vec::new();
        let sent = stream.socket.send(at, remote, &stream.next.1, &mut reported);
        let next = stream.rest.next();
        let over = next.is_none();
        let (_, bytes) = std::mem::replace(&mut stream.next, next.unwrap_or_default());
        let (at, what) = match sent {
            Ok(at) => (at, LinkEvent::Sent { link, remote, bytes }),
            Err(error) => (at, LinkEvent::Unsent { link, remote, why: error.to_string() }),
        };
        self.late.push(at.since(due));
        self.backlog.extend(reported.into_iter().map(|what| Stamped { at, what }));
        self.backlog.push_back(Stamped { at, what });
        if over {
            self.end(index);
        }
    }

    fn end(&mut self, index: usize) {
        let stream = self.playing.swap_remove(index);
        self.tell(LinkEvent::StreamDone { link: stream.socket.link, stream: stream.id });
    }

    fn tell(&mut self, what: LinkEvent) {
        self.backlog.push_back(Stamped { at: self.clock.now(), what });
    }

    /// Hands over what the channel has room for.
    fn deliver(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            match self.feed.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => return self.backlog.push_front(event),
                Err(TrySendError::Closed(_)) => return self.backlog.clear(),
            }
        }
    }

    fn pacing(&self) -> Pacing {
        Pacing { scheduling: self.scheduling.clone(), errors: self.late.clone() }
    }
}

/// How many orders may wait for the thread.
const ORDERS: usize = 64;
/// `SCHED_FIFO` priority: above the threads of ordinary programs, below the kernel's own.
const PRIORITY: u8 = 10;
/// From this long before a deadline the thread listens to nothing else.
const NEAR: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests;
