//! QEMU's monitor.

use crate::drive::task::Task;
use qapi::futures::{QapiService, QmpStreamTokio};
use qapi::qmp;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::io::{ReadHalf, WriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{sleep, timeout};

/// An open monitor.
pub(super) struct Qmp {
    service: QapiService<QmpStreamTokio<WriteHalf<UnixStream>>>,
    _events: Task,
}

/// The socket to which QEMU will connect: we listen first, so that nobody has to poll.
pub(super) fn listen(path: &Path) -> Result<UnixListener, String> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.to_string()),
        _ => {}
    }
    UnixListener::bind(path).map_err(|error| error.to_string())
}

impl Qmp {
    /// Waits for QEMU to connect, and greets it.
    pub(super) async fn accept(listener: UnixListener, patience: Duration) -> Result<Self, String> {
        let greeted = async {
            let (stream, _) = listener.accept().await?;
            QmpStreamTokio::<ReadHalf<UnixStream>>::open(stream).await?.negotiate().await
        };
        let stream = timeout(patience, greeted)
            .await
            .map_err(|_| format!("its monitor is silent for {patience:?}"))?
            .map_err(|error| error.to_string())?;
        let (service, events) = stream.into_parts();
        Ok(Self { service, _events: Task::unwatched(events.into_future()) })
    }

    /// Lets the board's clock run.
    pub(super) async fn go_on(&self) -> Result<(), String> {
        self.service.execute(qmp::cont {}).await.map(drop).map_err(|error| error.to_string())
    }

    /// Presses the reset button.
    pub(super) async fn reset(&self) -> Result<(), String> {
        let reset = self.service.execute(qmp::system_reset {}).await;
        reset.map(drop).map_err(|error| error.to_string())
    }

    /// Writes the board's state to `target`, and lets the board go on.
    pub(super) async fn save(&self, target: String, patience: Duration) -> Result<(), String> {
        let stopped = self.service.execute(qmp::stop {}).await;
        stopped.map_err(|error| error.to_string())?;
        let migrate =
            qmp::migrate { uri: Some(target), channels: None, detach: None, resume: None };
        self.service.execute(migrate).await.map_err(|error| error.to_string())?;
        self.arrived(patience).await?;
        self.go_on().await
    }

    /// Waits until a state has been written or read.
    pub(super) async fn arrived(&self, patience: Duration) -> Result<(), String> {
        let done = async {
            loop {
                let state = self.service.execute(qmp::query_migrate {}).await;
                let state = state.map_err(|error| error.to_string())?;
                match state.status {
                    Some(qmp::MigrationStatus::completed) => return Ok(()),
                    Some(qmp::MigrationStatus::failed | qmp::MigrationStatus::cancelled) => {
                        let why = state.error_desc.unwrap_or_else(|| "it failed".to_owned());
                        return Err(why);
                    }
                    _ => sleep(POLL).await,
                }
            }
        };
        timeout(patience, done).await.unwrap_or_else(|_| Err(format!("not done in {patience:?}")))
    }
}

impl fmt::Debug for Qmp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qmp").finish_non_exhaustive()
    }
}

/// How often the progress of a state is asked for.
const POLL: Duration = Duration::from_millis(5);
