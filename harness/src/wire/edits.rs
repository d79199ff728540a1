//! Changes to an otherwise correct message.

/// Changes to an otherwise correct message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {}
