//! Texts that are not jobs.

use metrics_runtime::declare_metrics;

use super::job::{Job, JobError};
use crate::report::{Progress, failure_text};

declare_metrics! {
    /// Texts that should be jobs, and are not.
    counter JOBS_REJECTED = "jobs_rejected_total";
}

/// Parses a job. A text that is not one is counted and reported, with its origin.
pub(crate) fn parse_or_report(origin: &str, text: &str, progress: &Progress) -> Result<Job, JobError> {
    Job::parse(text).inspect_err(|error| report_rejection(origin, error, progress))
}

/// Counts and reports a text that is not a job.
pub(crate) fn report_rejection(origin: &str, error: &dyn std::error::Error, progress: &Progress) {
    JOBS_REJECTED.increment(1);
    progress.line(&format!("rejected  {origin}: {}", failure_text(error)));
}
