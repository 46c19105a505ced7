//! A worker for tenants of a configuration, with metrics: `cargo run -p tenant-worker -- examples/tenant-worker/worker.toml`.
//!
//! `src/plain` has the same program, written with `metrics` and `metrics-exporter-prometheus`.

mod fetch;
mod job;
mod metrics;
mod work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tenant_worker::{Config, Queue};
use tokio::task::JoinSet;
use tokio::time::timeout;

use job::Job;
use metrics::{TENANT_BUSY, WORKERS_BUSY};

#[tokio::main]
async fn main() -> Result<()> {
    let config = Config::from_arguments()?;
    let limit = config.job_limit()?;
    metrics::preset(&config.tenants)?;
    let queue = Arc::new(Queue::new(config.jobs()?));
    let metrics = metrics::init(&queue)?;
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
    while let Some(job) = queue.take() {
        let (tenant, start) = (job.tenant, Instant::now());
        let _busy = WORKERS_BUSY.enter();
        // A job that panics is the end of its task alone.
        match tokio::spawn(timeout(limit, work::run(job, config.mirrors))).await {
            Ok(Ok(Ok(done))) => println!("{done}"),
            Ok(Ok(Err(error))) => eprintln!("{error}"),
            Ok(Err(_)) => eprintln!("a job of {tenant} took too long"),
            Err(_) => eprintln!("a job of {tenant} panicked"),
        }
        TENANT_BUSY.with(tenant).increment(start.elapsed());
    }
}
