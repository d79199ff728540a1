//! A task that ends with its owner.

use std::future::Future;
use tokio::task::{JoinHandle, spawn};

/// A running task, aborted when this is dropped.
#[derive(Debug)]
pub(super) struct Task(JoinHandle<()>);

impl Task {
    /// Starts `work`. Must be called inside a tokio runtime.
    pub(super) fn start(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(spawn(work))
    }

    /// Ends the task and waits until what it held is released.
    pub(super) async fn end(mut self) {
        self.0.abort();
        // An error says that it was ended, or that it panicked; the runtime has printed the latter.
        let _ended = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
