//! ringtrue.
fn main() {}
