//! The bodies of posted jobs: each has a largest size and a time limit, and only a few are read at once.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::jobs::MAX_JOB_BYTES;

/// How many jobs are taken at once.
const PLACES: usize = 16;
/// How long a job may take to arrive, the wait for a place included.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How much of a job that is too large is read, and thrown away: many clients read the answer after they have sent everything.
const DISCARDED_BYTES: usize = 32 << 20;

/// The places for jobs that arrive.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Semaphore>);

/// Why a body is not a text that could be a job.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("16 jobs arrive already; post this one later")]
    Busy,
    #[error("the job has not arrived within 10 s")]
    Late,
    #[error("the job has more than {MAX_JOB_BYTES} bytes, which is the most")]
    Endless,
    /// It has arrived, and has so many bytes.
    #[error("the job has {0} bytes")]
    TooLarge(usize),
    #[error("the body is not UTF-8")]
    NotText,
    #[error("the body has broken off")]
    Broken,
}

impl Places {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }

    /// Reads a body. The place is taken until the permit is dropped.
    pub(super) async fn read(&self, body: Body) -> Result<(String, OwnedSemaphorePermit), BodyError> {
        let deadline = Instant::now() + TIME_LIMIT;
        let place = timeout_at(deadline, Arc::clone(&self.0).acquire_owned()).await;
        // The semaphore is never closed.
        let place = place.map_err(|_| BodyError::Busy)?.map_err(|_| BodyError::Busy)?;
        let text = timeout_at(deadline, read(body)).await.unwrap_or(Err(BodyError::Late))?;
        Ok((text, place))
    }
}

async fn read(mut body: Body) -> Result<String, BodyError> {
    let mut kept = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        // Trailers say nothing about a job.
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= MAX_JOB_BYTES {
            kept.extend_from_slice(&data);
        } else if length <= DISCARDED_BYTES {
            kept = Vec::new();
        } else {
            return Err(BodyError::Endless);
        }
    }
    if length > MAX_JOB_BYTES {
        return Err(BodyError::TooLarge(length));
    }
    String::from_utf8(kept).map_err(|_| BodyError::NotText)
}
