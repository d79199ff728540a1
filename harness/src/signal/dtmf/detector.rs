//! The detector of DTMF in a signal.
