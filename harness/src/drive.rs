//! The world: clock, sockets, ttys, processes, files and the dispatcher.
