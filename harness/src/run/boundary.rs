//! The boundary at which a panic of ours ends: what it spoils is told, and all else goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `work`.
///
/// What `work` had half done when it panicked, nobody may build on: the caller is to hand on what was
/// recorded before, and to let go of the rest.
///
/// # Errors
///
/// It panicked; what the panic said. We are at fault.
pub fn contained<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| words(&*panic))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::resume_unwind;

    #[test]
    fn a_panic_ends_here_in_its_own_words() {
        assert_eq!(contained(|| 7), Ok(7));
        let said: Result<(), _> = contained(|| resume_unwind(Box::new("said plainly")));
        assert_eq!(said.unwrap_err(), "said plainly");
        let composed = format!("step {} is not there", 7);
        let said: Result<(), _> = contained(|| resume_unwind(Box::new(composed)));
        assert_eq!(said.unwrap_err(), "step 7 is not there");
        let said: Result<(), _> = contained(|| resume_unwind(Box::new(7)));
        assert_eq!(said.unwrap_err(), "no message");
    }
}
