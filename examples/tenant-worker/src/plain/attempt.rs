//! What a worker does with a job, and how that ends.

use std::time::Duration;

use metrics::counter;
use tenant_worker::Config;
use tokio::time::timeout;

use crate::job::{Job, JobError};
use crate::paused::is_paused;
use crate::work;

/// How a job ended, for its worker.
pub(crate) enum JobEnd {
    Done(String),
    /// Its tenant is paused.
    Skipped,
    Failed(JobError),
    TookTooLong,
    Panicked,
}

impl JobEnd {
    /// A job that is given up is `cancelled` for itself, which alerts leave out. For its worker it is a timeout.
    fn outcome(&self) -> &'static str {
        match self {
            Self::Done(_) | Self::Skipped => "ok",
            Self::Failed(error) => error.outcome(),
            Self::TookTooLong => "timeout",
            Self::Panicked => "error",
        }
    }
}

/// It needs no guard: nobody cancels a worker, and what could panic is a task of its own.
pub(crate) async fn attempt(job: Job, config: &Config, limit: Duration) -> JobEnd {
    let tenant = job.tenant;
    let end = end_of(job, config, limit).await;
    counter!("jobs_total", "tenant" => tenant.as_str(), "outcome" => end.outcome()).increment(1);
    end
}

async fn end_of(job: Job, config: &Config, limit: Duration) -> JobEnd {
    if is_paused(job.tenant, config) {
        counter!("jobs_skipped_total", "tenant" => job.tenant.as_str()).increment(1);
        return JobEnd::Skipped;
    }
    // A job that panics is the end of its task alone.
    match tokio::spawn(timeout(limit, work::run(job, config.mirrors))).await {
        Ok(Ok(Ok(done))) => JobEnd::Done(done),
        Ok(Ok(Err(error))) => JobEnd::Failed(error),
        Ok(Err(_)) => JobEnd::TookTooLong,
        Err(_) => JobEnd::Panicked,
    }
}
