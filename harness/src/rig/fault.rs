//! What the bench could not do, and how to mend it.

use std::fmt::Display;

/// Something that the bench, not the device and not the scenario, got wrong.
///
/// Reads after "cannot": *cannot open the serial line on `console`: no such file; is the adapter
/// plugged in?*
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{doing} on `{pco}`: {cause}; {remedy}")]
pub struct Fault {
    /// The point of control and observation, by its name in `rig.yaml`.
    pub pco: String,
    /// What was being done, in the infinitive.
    pub doing: String,
    /// Why it did not work.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    /// A fault at `pco` while `doing`, because of `cause`, to be mended by `remedy`.
    pub fn new(
        pco: impl Into<String>,
        doing: impl Into<String>,
        cause: impl Display,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            pco: pco.into(),
            doing: doing.into(),
            cause: cause.to_string(),
            remedy: remedy.into(),
        }
    }

    /// That a device with power can't be put under power: a case that means to start it anew says so.
    pub fn is_on() -> Self {
        let remedy = "let the case cut it first by `power off`, or use `reset`";
        Self::new("device", "put the device under power", "it has power already", remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_after_cannot_and_ends_with_the_remedy() {
        let fault = Fault::new("console", "open the serial line", "no such file", "plug it in");
        assert_eq!(
            format!("cannot {fault}"),
            "cannot open the serial line on `console`: no such file; plug it in"
        );
    }
}
