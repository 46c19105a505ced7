//! What a job does.

use std::net::SocketAddr;

use metrics_runtime::{counted_failure, in_flight, measure, measured, timed};

use crate::fetch::fetch;
use crate::job::{Job, JobError, JobReason, Tenant, Work};
use crate::metrics::{REPORT_NUMBERS, ROWS_IMPORTED};

/// Does one job.
#[measured(labels(tenant: Tenant = job.tenant, kind: &Work = &job.work))]
#[timed(
    histogram = "job_seconds",
    labels(outcome),
    buckets(0.01, 0.1, 1, 10),
    max_series = 2_000, // 13 tenants x 3 kinds x 5 outcomes x 7
)]
#[counted_failure(counter = "job_failures_total", reason: JobReason)]
#[in_flight(gauge = "jobs_in_flight", oldest = "jobs_in_flight_oldest_seconds")]
pub(crate) async fn run(job: Job, mirrors: [SocketAddr; 2]) -> Result<String, JobError> {
    match job.work {
        Work::Import { rows } => {
            let rows = measure!(
                /// Reads the rows of an import.
                #[timed(
                    histogram = "parse_seconds",
                    labels(outcome),
                    buckets(0.001, 0.01, 0.1),
                    error_if = |rows| rows.as_ref().is_ok_and(Vec::is_empty), // An import without rows is a mistake.
                )]
                tenant_worker::parse(&rows)
            )?;
            ROWS_IMPORTED.with(job.tenant).increment(rows.len() as u64);
            Ok(format!("{} rows are imported", rows.len()))
        }
        Work::Report { numbers } => {
            REPORT_NUMBERS.observe(numbers.len());
            let median = measure!(
                /// Finds the number in the middle.
                #[timed(histogram = "median_seconds", labels(outcome), buckets(0.001, 0.01, 0.1))]
                |numbers: &[f64]| tenant_worker::median(numbers)
            );
            Ok(format!("the median is {}", median(&numbers)))
        }
        Work::Fetch { path } => Ok(fetch(mirrors, &path).await?),
    }
}
