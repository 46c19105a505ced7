//! The worker with `metrics` and `metrics-exporter-prometheus`:
//! `cargo run -p tenant-worker --bin tenant-worker-plain -- examples/tenant-worker/worker.toml`.

mod attempt;
mod fetch;
mod job;
mod metrics;
mod oldest;
mod paused;
mod stretch;
mod work;

use std::sync::Arc;
use std::time::Duration;

use ::metrics::{gauge, histogram};
use anyhow::Result;
use tenant_worker::{Config, Queue};
use tokio::task::JoinSet;

use attempt::{JobEnd, attempt};
use job::Job;

#[tokio::main]
async fn main() -> Result<()> {
    let config = Config::from_arguments()?;
    let limit = config.job_limit()?;
    let address = metrics::init(&config)?;
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
    while let Some((job, waited)) = queue.take() {
        metrics::show_waiting(&queue);
        histogram!("job_wait_seconds").record(waited);
        let (tenant, kind) = (job.tenant.as_str(), job.work.kind());
        gauge!("workers_busy").increment(1);
        match attempt(job, &config, limit).await {
            JobEnd::Done(done) => println!("{done}"),
            JobEnd::Skipped => println!("{tenant} is paused, so its {kind} is skipped"),
            JobEnd::Failed(error) => eprintln!("{error}"),
            JobEnd::TookTooLong => eprintln!("the {kind} of {tenant} took too long"),
            JobEnd::Panicked => eprintln!("the {kind} of {tenant} panicked"),
        }
        gauge!("workers_busy").decrement(1);
    }
}
