//! The worker with `metrics` and `metrics-exporter-prometheus`:
//! `cargo run -p tenant-worker --bin tenant-worker-plain -- examples/tenant-worker/worker.toml`.

mod fetch;
mod job;
mod metrics;
mod stretch;
mod work;

use std::sync::Arc;
use std::time::Duration;

use ::metrics::gauge;
use anyhow::Result;
use tenant_worker::{Config, Queue};
use tokio::task::JoinSet;
use tokio::time::timeout;

use job::Job;

#[tokio::main]
async fn main() -> Result<()> {
    let config = Config::from_arguments()?;
    let limit = config.job_limit()?;
    let address = metrics::init(&config.tenants)?;
    let queue = Arc::new(Queue::new(config.jobs()?));
    metrics::show_waiting(&queue);
    println!("metrics are at http://{address}/metrics");
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
        metrics::show_waiting(&queue);
        let tenant = job.tenant;
        gauge!("workers_busy").increment(1);
        // A job that panics is the end of its task alone.
        match tokio::spawn(timeout(limit, work::run(job, config.mirrors))).await {
            Ok(Ok(Ok(done))) => println!("{done}"),
            Ok(Ok(Err(error))) => eprintln!("{error}"),
            Ok(Err(_)) => eprintln!("a job of {} took too long", tenant.as_str()),
            Err(_) => eprintln!("a job of {} panicked", tenant.as_str()),
        }
        gauge!("workers_busy").decrement(1);
    }
}
