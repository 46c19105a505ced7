//! Describes the metrics, makes their series, and serves the page.

use std::net::SocketAddr;
use std::thread;

use anyhow::{Context as _, Result};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tenant_worker::{Config, Queue};

use crate::job::{Job, JobError, Tenant, Work};
use crate::oldest;

const OUTCOMES: [&str; 5] = ["ok", "error", "timeout", "cancelled", "panic"];
const REASONS: [&str; 4] = ["error", "timeout", "cancelled", "panic"];
const ASK_REASONS: [&str; 3] = ["error", "timeout", "panic"];

/// The outcome of a call that is dropped before it has one.
pub(crate) fn unfinished() -> &'static str {
    if thread::panicking() { "panic" } else { "cancelled" }
}

pub(crate) fn init(config: &Config) -> Result<SocketAddr> {
    let address = config.listen.parse().with_context(|| format!("`{}` is no address", config.listen))?;
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(Matcher::Full("job_seconds".to_owned()), &[0.01, 0.1, 1.0, 10.0])?
        .set_buckets_for_metric(Matcher::Full("job_wait_seconds".to_owned()), &[1.0, 10.0, 60.0, 600.0])?
        .set_buckets_for_metric(Matcher::Full("report_numbers".to_owned()), &[1.0, 10.0, 100.0, 1_000.0])?
        .set_buckets_for_metric(Matcher::Full("ask_seconds".to_owned()), &[0.01, 0.1, 1.0, 10.0])?
        .set_buckets_for_metric(Matcher::Full("parse_seconds".to_owned()), &[0.001, 0.01, 0.1])?
        .set_buckets_for_metric(Matcher::Full("median_seconds".to_owned()), &[0.001, 0.01, 0.1])?
        .set_buckets_for_metric(Matcher::Full("fetch_seconds".to_owned()), &[0.01, 0.1, 1.0, 10.0])?
        .install()?;
    describe();
    make_series(&config.tenants);
    oldest::show_always();
    Ok(address)
}

/// The exporter has no hook for the moment before a page, so this is called where the queue changes.
pub(crate) fn show_waiting(queue: &Queue<Job>) {
    let (jobs, tenants) = queue.waiting(|job| job.tenant.as_str());
    #[allow(clippy::cast_precision_loss, reason = "they are few")]
    {
        gauge!("jobs_waiting").set(jobs as f64);
        gauge!("tenants_waiting").set(tenants as f64);
    }
}

fn describe() {
    describe_histogram!("job_seconds", Unit::Seconds, "Does one job.");
    describe_counter!("job_failures_total", "Calls of `run` that did not end `ok`, by reason.");
    describe_gauge!("jobs_in_flight", "Calls of `run` that have started and not ended.");
    describe_gauge!(
        "jobs_in_flight_oldest_seconds",
        Unit::Seconds,
        "How long the oldest call of `run` that has not ended has been running."
    );
    describe_counter!("jobs_total", "Jobs that workers took, by how they ended.");
    describe_histogram!("job_wait_seconds", Unit::Seconds, "How long a job waited for a worker.");
    describe_counter!("jobs_skipped_total", "Jobs of tenants that are paused.");
    describe_counter!("paused_list_failures_total", "Lists of paused tenants that could not be read, by reason.");
    describe_gauge!("jobs_waiting", "Jobs that wait for a worker.");
    describe_gauge!("tenants_waiting", "Tenants of which a job waits.");
    describe_gauge!("workers_busy", "Workers that do a job.");
    describe_counter!("rows_imported_total", "Rows that were imported.");
    describe_histogram!("report_numbers", "How many numbers the reports are of.");
    describe_histogram!("parse_seconds", Unit::Seconds, "Reads the rows of an import.");
    describe_histogram!("median_seconds", Unit::Seconds, "Finds the number in the middle.");
    describe_histogram!("fetch_seconds", Unit::Seconds, "Asks both mirrors.");
    describe_counter!("fetch_failures_total", "Answers of neither mirror, by reason.");
    describe_histogram!("ask_seconds", Unit::Seconds, "Asks one mirror.");
    describe_counter!("ask_failures_total", "Calls of `ask` that failed. Cancelled calls are left out.");
}

/// Without it a series begins with its first value, and `rate()` does not see that.
fn make_series(tenants: &[String]) {
    for tenant in Tenant::configure(tenants) {
        counter!("rows_imported_total", "tenant" => tenant.as_str()).absolute(0);
        counter!("jobs_skipped_total", "tenant" => tenant.as_str()).absolute(0);
        for outcome in OUTCOMES {
            counter!("jobs_total", "tenant" => tenant.as_str(), "outcome" => outcome).absolute(0);
        }
        for kind in Work::KINDS {
            gauge!("jobs_in_flight", "tenant" => tenant.as_str(), "kind" => kind).set(0);
            gauge!("jobs_in_flight_oldest_seconds", "tenant" => tenant.as_str(), "kind" => kind).set(0);
            for outcome in OUTCOMES {
                let _ = histogram!("job_seconds", "tenant" => tenant.as_str(), "kind" => kind, "outcome" => outcome);
            }
            for reason in JobError::REASONS {
                counter!("job_failures_total", "tenant" => tenant.as_str(), "kind" => kind, "reason" => reason)
                    .absolute(0);
            }
        }
    }
    gauge!("workers_busy").set(0);
    let _ = histogram!("job_wait_seconds");
    let _ = histogram!("report_numbers");
    for outcome in OUTCOMES {
        let _ = histogram!("parse_seconds", "outcome" => outcome);
        let _ = histogram!("median_seconds", "outcome" => outcome);
        let _ = histogram!("fetch_seconds", "outcome" => outcome);
    }
    for reason in REASONS {
        counter!("fetch_failures_total", "reason" => reason).absolute(0);
        counter!("paused_list_failures_total", "reason" => reason).absolute(0);
    }
    for mirror in ["first", "second"] {
        for outcome in OUTCOMES {
            let _ = histogram!("ask_seconds", "mirror" => mirror, "outcome" => outcome);
        }
        for reason in ASK_REASONS {
            counter!("ask_failures_total", "mirror" => mirror, "reason" => reason).absolute(0);
        }
    }
}
