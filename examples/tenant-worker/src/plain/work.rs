//! What a job does.

use std::net::SocketAddr;
use std::time::Instant;

use metrics::{counter, gauge, histogram};

use crate::fetch::fetch;
use crate::job::{Job, JobError, Work};
use crate::metrics::unfinished;
use crate::oldest;
use crate::stretch::StretchGuard;

/// Does one job.
pub(crate) async fn run(job: Job, mirrors: [SocketAddr; 2]) -> Result<String, JobError> {
    let mut call = JobGuard::new(&job);
    let result = work(job, mirrors).await;
    if let Err(error) = &result {
        (call.outcome, call.reason) = (Some(error.outcome()), Some(error.reason()));
    } else {
        call.outcome = Some("ok");
    }
    result
}

async fn work(job: Job, mirrors: [SocketAddr; 2]) -> Result<String, JobError> {
    match job.work {
        Work::Import { rows } => {
            let parsing = StretchGuard::start("parse_seconds", None);
            let rows = tenant_worker::parse(&rows);
            // An import without rows is a mistake.
            parsing.end(if rows.as_ref().is_ok_and(|rows| !rows.is_empty()) { "ok" } else { "error" });
            let rows = rows?;
            counter!("rows_imported_total", "tenant" => job.tenant.as_str()).increment(rows.len() as u64);
            Ok(format!("{} rows are imported", rows.len()))
        }
        Work::Report { numbers } => {
            #[allow(clippy::cast_precision_loss, reason = "they are few")]
            histogram!("report_numbers").record(numbers.len() as f64);
            let computing = StretchGuard::start("median_seconds", None);
            let median = tenant_worker::median(&numbers);
            computing.end("ok");
            Ok(format!("the median is {median}"))
        }
        Work::Fetch { path } => Ok(fetch(mirrors, &path).await?),
    }
}

/// Records a job when it is dropped, so that one that is cancelled or panics is counted too.
struct JobGuard {
    tenant: &'static str,
    kind: &'static str,
    start: Instant,
    outcome: Option<&'static str>,
    reason: Option<&'static str>,
}

impl JobGuard {
    fn new(job: &Job) -> Self {
        let (tenant, kind) = (job.tenant.as_str(), job.work.kind());
        gauge!("jobs_in_flight", "tenant" => tenant, "kind" => kind).increment(1);
        let start = Instant::now();
        oldest::begin((tenant, kind), start);
        Self { tenant, kind, start, outcome: None, reason: None }
    }
}

impl Drop for JobGuard {
    fn drop(&mut self) {
        let Self { tenant, kind, .. } = *self;
        let outcome = self.outcome.unwrap_or_else(unfinished);
        gauge!("jobs_in_flight", "tenant" => tenant, "kind" => kind).decrement(1);
        oldest::end((tenant, kind), self.start);
        histogram!("job_seconds", "tenant" => tenant, "kind" => kind, "outcome" => outcome)
            .record(self.start.elapsed());
        if outcome != "ok" {
            let reason = self.reason.unwrap_or(outcome);
            counter!("job_failures_total", "tenant" => tenant, "kind" => kind, "reason" => reason).increment(1);
        }
    }
}
