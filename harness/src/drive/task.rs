//! Work beside the dispatcher, whose panic is the dispatcher's to know.

use super::clock::RunClock;
use super::link::{Feed, LinkEvent, Stamped};
use crate::run::boundary::contained;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use tokio::task::{JoinHandle, spawn};

/// A running task, aborted when this is dropped.
#[derive(Debug)]
pub(super) struct Task(JoinHandle<()>);

impl Task {
    /// Starts `work`; its panic is delivered as [`LinkEvent::Broken`]. Must be called inside a tokio
    /// runtime.
    pub(super) fn start(
        clock: RunClock,
        feed: Feed,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self(spawn(async move {
            if let Err(words) = contained_async(work).await {
                // The dispatcher may be gone; nobody is then left to be told.
                let _told = feed.send(broken(clock, words)).await;
            }
        }))
    }

    /// Starts `work`, whose end by a panic shows to those who wait for what it does.
    pub(super) fn unwatched(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(spawn(work))
    }

    /// Ends the task and waits until what it held is released.
    pub(super) async fn end(mut self) {
        self.0.abort();
        // An error says that it was ended.
        let _ended = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Does the work of a thread; its panic is delivered as [`LinkEvent::Broken`].
///
/// # Errors
///
/// It panicked; what the panic said.
pub(super) fn on_thread<T>(
    clock: RunClock,
    feed: &Feed,
    work: impl FnOnce() -> T,
) -> Result<T, String> {
    let done = contained(work);
    if let Err(words) = &done {
        // As above.
        let _told = feed.blocking_send(broken(clock, words.clone()));
    }
    done
}

/// Does `work`, as [`contained`] does.
///
/// # Errors
///
/// It panicked; what the panic said.
pub(super) async fn contained_async<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| match contained(|| work.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Err(words) => Poll::Ready(Err(words)),
    })
    .await
}

fn broken(clock: RunClock, words: String) -> Stamped<LinkEvent> {
    Stamped { at: clock.now(), what: LinkEvent::Broken { words } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::link::channel;
    use std::thread;

    fn broken(words: &str) -> LinkEvent {
        LinkEvent::Broken { words: words.to_owned() }
    }

    #[tokio::test]
    async fn the_panic_of_a_task_is_delivered() {
        let (feed, mut inbox) = channel();
        let _task = Task::start(RunClock::start(), feed, async { panic!("in a task") });
        assert_eq!(inbox.recv().await.unwrap().what, broken("in a task"));
    }

    #[test]
    fn the_panic_of_a_thread_is_delivered() {
        let (feed, mut inbox) = channel();
        let clock = RunClock::start();
        let thread = thread::spawn(move || on_thread(clock, &feed, || panic!("on a thread")));
        let said: Result<(), _> = thread.join().unwrap();
        assert_eq!(said.unwrap_err(), "on a thread");
        assert_eq!(inbox.blocking_recv().unwrap().what, broken("on a thread"));
    }
}
