//! Texts that are no jobs.

use metrics_runtime::declare_metrics;

use crate::failure_text;
use crate::job::{Job, JobError};
use crate::progress::Progress;

declare_metrics! {
    /// Texts that were meant as jobs, and are none.
    counter JOBS_REJECTED = "jobs_rejected_total";
}

/// Reads a job. What is none is counted and reported, with where it came from.
pub fn parse_or_report(origin: &str, text: &str, progress: &Progress) -> Result<Job, JobError> {
    Job::parse(text).inspect_err(|error| report(origin, error, progress))
}

/// Counts and reports what is no job.
pub fn report(origin: &str, error: &dyn std::error::Error, progress: &Progress) {
    JOBS_REJECTED.increment(1);
    progress.line(&format!("rejected  {origin}: {}", failure_text::of(error)));
}
