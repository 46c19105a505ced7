//! Waits for the queue at the start, as the workers do later: whatever starts the containers starts them in no order.

use std::time::Duration;

use crate::failure_text;
use crate::progress::Progress;
use crate::queue::{Queue, QueueError};
use crate::shutdown::Shutdown;

/// How long to wait before the queue is asked again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Waits until the queue answers. `false`: the program is to end.
pub async fn for_queue(queue: &Queue, shutdown: &Shutdown, progress: &Progress) -> Result<bool, QueueError> {
    tokio::select! {
        answered = until_it_answers(queue, progress) => answered.map(|()| true),
        () = shutdown.clone().asked() => Ok(false),
    }
}

async fn until_it_answers(queue: &Queue, progress: &Progress) -> Result<(), QueueError> {
    let mut pause = FIRST_PAUSE;
    let mut is_waiting = false;
    while let Err(error) = queue.len().await {
        if !error.may_pass() {
            return Err(error);
        }
        if !is_waiting {
            progress.line(&format!("waiting until Redis answers: {}", failure_text::of(&error)));
        }
        is_waiting = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if is_waiting {
        progress.line("Redis answers");
    }
    Ok(())
}
