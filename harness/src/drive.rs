//! The world: clock, sockets, ttys, processes, files and the dispatcher.

pub mod bench;
pub mod books;
pub mod bundle;
pub mod calibrate;
pub mod canary;
pub mod capture;
pub mod clock;
pub mod dispatcher;
pub mod janitor;
pub mod lane;
pub mod link;
pub mod netns;
pub mod noise;
pub mod pacer;
pub mod pki;
pub mod process;
pub mod project;
pub mod qemu;
pub mod realtime;
pub mod serial;
pub mod signing;
pub mod spread;
pub mod store;
pub mod stream;
pub mod tcp;
pub mod udp;
mod way;

mod task;
