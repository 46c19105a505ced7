//! What no function records, and what is there before the first job.

use std::sync::Arc;

use anyhow::Result;
use metrics_runtime::{Handle, declare_metrics};
use tenant_worker::{Config, Queue};

use crate::job::{Job, Tenant};

declare_metrics! {
    /// Jobs that wait for a worker.
    gauge JOBS_WAITING = "jobs_waiting";
    /// Tenants of which a job waits.
    gauge TENANTS_WAITING = "tenants_waiting";
    /// Workers that do a job.
    pub(crate) gauge WORKERS_BUSY = "workers_busy";
    /// How long a job waited for a worker.
    pub(crate) histogram JOB_WAIT = "job_wait_seconds", buckets(1, 10, 60, 600);
    /// Jobs of tenants that are paused.
    pub(crate) counter JOBS_SKIPPED = "jobs_skipped_total", labels(tenant: Tenant);
    /// Rows that were imported.
    pub(crate) counter ROWS_IMPORTED = "rows_imported_total", labels(tenant: Tenant);
    /// How many numbers the reports are of.
    pub(crate) histogram REPORT_NUMBERS = "report_numbers", buckets(1, 10, 100, 1_000);
    /// How long workers worked for a tenant.
    pub(crate) counter TENANT_BUSY = "tenant_busy_seconds_total", labels(tenant: Tenant);
}

/// The series of the tenants are there before their first jobs.
pub(crate) fn preset(tenants: &[String]) -> Result<()> {
    Tenant::preset(tenants)?;
    Ok(Tenant::preset(["other"])?)
}

pub(crate) fn init(config: &Config, queue: &Arc<Queue<Job>>) -> Result<Handle> {
    let queue = Arc::clone(queue);
    let look = move || {
        let (jobs, tenants) = queue.waiting(|job| job.tenant.as_str());
        JOBS_WAITING.set(jobs);
        TENANTS_WAITING.set(tenants);
    };
    Ok(metrics_runtime::builder().listen(config.listen.as_str()).before_page(look).init()?)
}
