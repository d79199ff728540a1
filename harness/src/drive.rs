//! The world: clock, sockets, ttys, processes, files and the dispatcher.

pub mod calibrate;
pub mod canary;
pub mod clock;
pub mod janitor;
pub mod link;
pub mod netns;
pub mod pacer;
pub mod process;
pub mod qemu;
pub mod realtime;
pub mod serial;
pub mod spread;
pub mod store;
pub mod tcp;
pub mod udp;

mod task;
