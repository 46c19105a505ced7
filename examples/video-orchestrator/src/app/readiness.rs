//! The wait for Redis at the start: containers are started in any order.

use std::time::Duration;

use super::shutdown::Shutdown;
use crate::queue::{JobQueue, QueueError};
use crate::report::{Progress, failure_text};

/// How long to wait before Redis is asked again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Waits until the queue answers. `false`: the program must end.
pub(crate) async fn wait_for_queue(
    queue: &JobQueue,
    shutdown: &Shutdown,
    progress: &Progress,
) -> Result<bool, QueueError> {
    tokio::select! {
        answer = poll_queue(queue, progress) => answer.map(|()| true),
        () = shutdown.clone().requested() => Ok(false),
    }
}

async fn poll_queue(queue: &JobQueue, progress: &Progress) -> Result<(), QueueError> {
    let mut pause = FIRST_PAUSE;
    let mut is_waiting = false;
    while let Err(error) = queue.check().await {
        if !error.is_temporary() {
            return Err(error);
        }
        if !is_waiting {
            progress.line(&format!("waiting until Redis answers: {}", failure_text(&error)));
        }
        is_waiting = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
    if is_waiting {
        progress.line("Redis answers");
    }
    Ok(())
}
