//! The network between our ends and the device, where a step has it do something to datagrams.

use super::{Due, World};
use crate::evidence::point::Pco;
use crate::evidence::timeline::{Datagram, Impaired, Seen};
use crate::impair::{Fate, Way};
use crate::run::machine::Machine;

impl World<'_> {
    /// Takes a datagram that one of our ends has given to the network.
    pub(super) fn leave(&mut self, machine: Option<&mut Machine>, pco: Pco, datagram: Datagram) {
        if datagram.remote.ip() != self.setup.device_sip.ip() {
            return;
        }
        match self.network.carry(pco, Way::ToDevice, self.now, datagram.bytes.len()) {
            None => self.put(&datagram),
            Some(fate) => self.enter(machine, pco, Impaired { way: Way::ToDevice, fate, datagram }),
        }
    }

    /// Takes a datagram that has come over the wire to one of our points.
    pub(super) fn arrived(&mut self, machine: Option<&mut Machine>, pco: Pco, datagram: Datagram) {
        let from_device = datagram.remote.ip() == self.setup.device_sip.ip();
        let fate = from_device
            .then(|| self.network.carry(pco, Way::FromDevice, self.now, datagram.bytes.len()));
        match fate.flatten() {
            None => self.record(machine, pco, Seen::Received(datagram)),
            Some(fate) => {
                let impaired = Impaired { way: Way::FromDevice, fate, datagram };
                self.record(None, pco, Seen::Impaired(impaired.clone()));
                self.enter(machine, pco, impaired);
            }
        }
    }

    /// Takes a datagram that has come through the network, or never will.
    pub(super) fn emerge(&mut self, machine: Option<&mut Machine>, pco: Pco, impaired: Impaired) {
        if impaired.way == Way::FromDevice {
            return self.record(machine, pco, Seen::Received(impaired.datagram));
        }
        self.put(&impaired.datagram);
        self.record(machine, pco, Seen::Impaired(impaired));
    }

    fn enter(&mut self, machine: Option<&mut Machine>, pco: Pco, impaired: Impaired) {
        match impaired.fate {
            Fate::Lost(_) if impaired.way == Way::ToDevice => {
                self.record(machine, pco, Seen::Impaired(impaired));
            }
            Fate::Lost(_) => {}
            Fate::Carried { delay, copies } => {
                for _ in 0..copies {
                    self.schedule(self.now + delay, Due::Emerge(pco, impaired.clone()));
                }
            }
        }
    }
}
