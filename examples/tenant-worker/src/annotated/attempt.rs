//! What a worker does with a job, and how that ends.

use std::time::Duration;

use metrics_runtime::{EndsCall, Failure, Reason, counted};
use tenant_worker::Config;
use tokio::time::timeout;

use crate::job::{Job, JobError, Tenant};
use crate::metrics::JOBS_SKIPPED;
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

/// A job that is given up is `cancelled` for itself, which alerts leave out. For its worker it is a timeout.
impl EndsCall for JobEnd {
    fn failure(&self) -> Option<Reason> {
        match self {
            Self::Done(_) | Self::Skipped => None,
            Self::Failed(error) => Some(error.reason()),
            Self::TookTooLong => Some(Reason::Timeout),
            Self::Panicked => Some(Reason::Error),
        }
    }
}

#[counted(
    counter = "jobs_total",
    on = end,
    labels(tenant: Tenant = job.tenant, outcome),
    description = "Jobs that workers took, by how they ended.",
)]
pub(crate) async fn attempt(job: Job, config: &Config, limit: Duration) -> JobEnd {
    if is_paused(job.tenant, config) {
        JOBS_SKIPPED.with(job.tenant).inc();
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
