//! A worker for tenants of a configuration, with metrics: `cargo run -p tenant-worker -- examples/tenant-worker/worker.toml`.
//!
//! `src/plain` has the same program, written with `metrics` and `metrics-exporter-prometheus`.

mod attempt;
mod fetch;
mod job;
mod metrics;
mod paused;
mod work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tenant_worker::{Config, Queue};
use tokio::task::JoinSet;

use attempt::{JobEnd, attempt};
use job::Job;
use metrics::{JOB_WAIT, TENANT_BUSY, WORKERS_BUSY};

#[tokio::main]
async fn main() -> Result<()> {
    let config = Config::from_arguments()?;
    let limit = config.job_limit()?;
    metrics::preset(&config.tenants)?;
    let queue = Arc::new(Queue::new(config.jobs()?));
    let metrics = metrics::init(&config, &queue)?;
    println!("metrics are at http://{}/metrics", metrics.local_addr().map_or("nowhere".into(), |at| at.to_string()));
    let mut workers = JoinSet::new();
    for _ in 0..config.workers {
        workers.spawn(work_off(Arc::clone(&queue), config.clone(), limit));
    }
    workers.join_all().await;
    println!("all jobs are done");
    std::future::pending().await // The page stays, to be looked at.
}

async fn work_off(queue: Arc<Queue<Job>>, config: Config, limit: Duration) {
    while let Some((job, waited)) = queue.take() {
        JOB_WAIT.observe(waited);
        let (tenant, kind, start) = (job.tenant, job.work.as_str(), Instant::now());
        let _busy = WORKERS_BUSY.enter();
        match attempt(job, &config, limit).await {
            JobEnd::Done(done) => println!("{done}"),
            JobEnd::Skipped => println!("{tenant} is paused, so its {kind} is skipped"),
            JobEnd::Failed(error) => eprintln!("{error}"),
            JobEnd::TookTooLong => eprintln!("the {kind} of {tenant} took too long"),
            JobEnd::Panicked => eprintln!("the {kind} of {tenant} panicked"),
        }
        TENANT_BUSY.with(tenant).increment(start.elapsed());
    }
}
