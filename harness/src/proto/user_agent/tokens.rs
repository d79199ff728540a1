//! Identifiers that must not repeat, from a seeded source.

/// Identifiers that must not repeat, from a seeded source.
#[derive(Clone, Debug)]
pub(super) struct Tokens(fastrand::Rng);

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A branch without its cookie, a tag, a nonce: 64 bits in hexadecimal digits.
    pub(super) fn word(&mut self) -> String {
        format!("{:016x}", self.0.u64(..))
    }

    /// A `Call-ID`.
    pub(super) fn call_id(&mut self, host: &str) -> String {
        format!("{}@{host}", self.word())
    }

    /// The first sequence number of a dialog.
    pub(super) fn cseq(&mut self) -> u32 {
        self.0.u32(1..10_000)
    }

    /// The id of a session description.
    pub(super) fn session_id(&mut self) -> u64 {
        u64::from(self.0.u32(1..))
    }
}
