//! What a device can be told to do, what it tells, and how a particular device does both.
//!
//! A device has two faces. Its SIP and RTP face needs no adapter. Its control face does: a [`face`]
//! is a sans-IO codec between [`action::Action`]s, [`event::Event`]s and the lines of a console or
//! of a control interface. The kinds of control are code; a particular device is a [`profile`].

pub mod action;
pub mod crash;
pub mod event;
pub mod face;
pub mod profile;
pub mod warning;
