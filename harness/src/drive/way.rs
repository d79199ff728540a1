//! The network between our ends and the device in real time: what it holds, and until when.
//!
//! What our end sends to an impaired way is recorded as sent when that end gives it away, and once more
//! when it goes out on the wire. What comes from the device is recorded when it arrives, and as received
//! when its delay is over, by the stamp of its arrival and that delay: how late we get to it does not
//! enter. The media of an impaired way are sent by the pacer like all others, at their delayed times.

use crate::evidence::point::Pco;
use crate::evidence::timeline::{Datagram, Impaired, Seen};
use crate::impair::{Fate, Impairment, Network, Way};
use crate::time::Tick;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// The impaired ways of a case, and what is under way on them.
#[derive(Debug)]
pub(super) struct Ways {
    network: Network<Pco>,
    device: IpAddr,
    held: BTreeMap<(Tick, u64), (Pco, Held)>,
    order: u64,
    /// When media of ours that the pacer sends entered the network, and how often each is sent.
    media: BTreeMap<(Pco, Vec<u8>), (Tick, u8)>,
}

/// What the network holds.
#[derive(Debug)]
pub(super) enum Held {
    /// This is to be recorded, at the time for which it was held.
    Given(Seen),
    /// This is to go out to the device.
    Emerging {
        /// When it entered.
        entered: Tick,
        /// The datagram.
        datagram: Datagram,
        /// How often it goes out.
        copies: u8,
    },
}

impl Ways {
    /// A network that carries everything at once.
    pub(super) fn new(seed: u64, device: IpAddr) -> Self {
        let network = Network::new(seed);
        Self { network, device, held: BTreeMap::new(), order: 0, media: BTreeMap::new() }
    }

    /// Has some ways do what is asked from now on.
    pub(super) fn set(&mut self, ways: &[(Pco, Way)], asked: Impairment) {
        self.network.set(ways, asked);
    }

    /// Takes a datagram of ours; `false` where it is to be sent as usual.
    pub(super) fn enter(&mut self, now: Tick, pco: Pco, datagram: &Datagram) -> bool {
        let Some(fate) = self.carry(pco, Way::ToDevice, now, datagram, datagram.remote) else {
            return false;
        };
        match fate {
            Fate::Lost(_) => {
                let impaired = Impaired { way: Way::ToDevice, fate, datagram: datagram.clone() };
                self.hold(now, pco, Held::Given(Seen::Impaired(impaired)));
            }
            Fate::Carried { delay, copies } => {
                for _ in 0..copies {
                    let datagram = datagram.clone();
                    self.hold(now + delay, pco, Held::Emerging { entered: now, datagram, copies });
                }
            }
        }
        true
    }

    /// Takes the packets of a stream with their offsets, and returns those that the pacer is to send.
    pub(super) fn stream(
        &mut self,
        start: Tick,
        pco: Pco,
        (local, remote): (SocketAddr, SocketAddr),
        packets: Vec<(Duration, Vec<u8>)>,
    ) -> Vec<(Duration, Vec<u8>)> {
        let mut sent = Vec::with_capacity(packets.len());
        for (offset, bytes) in packets {
            let at = start + offset;
            let datagram = Datagram { local, remote, bytes, connection: None };
            let Some(fate) = self.carry(pco, Way::ToDevice, at, &datagram, remote) else {
                sent.push((offset, datagram.bytes));
                continue;
            };
            self.hold(at, pco, Held::Given(Seen::Sent(datagram.clone())));
            match fate {
                Fate::Lost(_) => {
                    let impaired = Impaired { way: Way::ToDevice, fate, datagram };
                    self.hold(at, pco, Held::Given(Seen::Impaired(impaired)));
                }
                Fate::Carried { delay, copies } => {
                    self.media.insert((pco, datagram.bytes.clone()), (at, copies));
                    for _ in 0..copies {
                        sent.push((offset + delay, datagram.bytes.clone()));
                    }
                }
            }
        }
        sent.sort_by_key(|(offset, _)| *offset);
        sent
    }

    /// What is to be recorded of a packet that the pacer sent.
    pub(super) fn sent(&self, at: Tick, pco: Pco, datagram: Datagram) -> Seen {
        if self.media.is_empty() {
            return Seen::Sent(datagram);
        }
        match self.media.get(&(pco, datagram.bytes.clone())) {
            Some((entered, copies)) => Self::emerged(at, *entered, datagram, *copies),
            None => Seen::Sent(datagram),
        }
    }

    /// What is to be recorded of a datagram of ours that has come through, with what it really took.
    pub(super) fn emerged(at: Tick, entered: Tick, datagram: Datagram, copies: u8) -> Seen {
        let fate = Fate::Carried { delay: at.since(entered), copies };
        Seen::Impaired(Impaired { way: Way::ToDevice, fate, datagram })
    }

    /// Takes a datagram that has arrived, and returns what is to be recorded of it now.
    pub(super) fn arrived(&mut self, at: Tick, pco: Pco, datagram: Datagram) -> Seen {
        let Some(fate) = self.carry(pco, Way::FromDevice, at, &datagram, datagram.remote) else {
            return Seen::Received(datagram);
        };
        if let Fate::Carried { delay, copies } = fate {
            for _ in 0..copies {
                self.hold(at + delay, pco, Held::Given(Seen::Received(datagram.clone())));
            }
        }
        Seen::Impaired(Impaired { way: Way::FromDevice, fate, datagram })
    }

    /// Forgets what one of our points would still have sent.
    pub(super) fn silence(&mut self, point: Pco) {
        self.held.retain(|_, (pco, held)| {
            *pco != point || matches!(held, Held::Given(Seen::Received(_)))
        });
    }

    /// When something is due next.
    pub(super) fn poll_timeout(&self) -> Option<Tick> {
        self.held.keys().next().map(|(at, _)| *at)
    }

    /// What is due, when it was, and at which point.
    pub(super) fn poll(&mut self, now: Tick) -> Option<(Tick, Pco, Held)> {
        let entry = self.held.first_entry().filter(|entry| entry.key().0 <= now)?;
        let at = entry.key().0;
        let (pco, held) = entry.remove();
        Some((at, pco, held))
    }

    fn carry(
        &mut self,
        pco: Pco,
        way: Way,
        at: Tick,
        datagram: &Datagram,
        other_end: SocketAddr,
    ) -> Option<Fate> {
        if other_end.ip() != self.device {
            return None;
        }
        self.network.carry(pco, way, at, datagram.bytes.len())
    }

    fn hold(&mut self, until: Tick, pco: Pco, held: Held) {
        self.order += 1;
        self.held.insert((until, self.order), (pco, held));
    }
}

#[cfg(test)]
mod tests;
