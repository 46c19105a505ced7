//! The commands other than the work itself.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::metrics;
use super::shutdown::Shutdown;
use crate::fake_server::{self, FakeServerOptions};
use crate::jobs::read_files;
use crate::queue::{JobQueue, Lease, Priority, RedisQueue};
use crate::report::{Progress, print};
use crate::settings::AddressSetting;

#[derive(Debug, Args)]
pub(crate) struct FakeServerCommand {
    /// The address where it listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8188")]
    listen: SocketAddr,
    #[command(flatten)]
    fake_server: FakeServerOptions,
}

#[derive(Debug, Args)]
pub(crate) struct EnqueueOptions {
    /// Job files, in JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How urgent they are.
    #[arg(long, value_enum, default_value_t = Priority::Default)]
    priority: Priority,
    /// The Redis server with the queues.
    #[arg(long, env = "REDIS_URL", value_name = "URL")]
    redis_url: Option<AddressSetting>,
}

/// Serves the fake server until a signal comes.
pub(crate) async fn serve_fake_server(options: FakeServerCommand, progress: &Progress) -> anyhow::Result<bool> {
    let FakeServerCommand { listen, fake_server } = options;
    let shutdown = Shutdown::listen(|| {})?;
    let address = fake_server::start_at(listen, fake_server).await;
    let address = address.with_context(|| format!("cannot listen at {listen}; give `--listen` another address"))?;
    progress.line(&format!("the fake server is at http://{address}"));
    shutdown.requested().await;
    Ok(true)
}

/// Puts jobs on the Redis queue. `false`: some of the files are not jobs.
pub(crate) async fn enqueue(options: &EnqueueOptions, progress: &Progress) -> anyhow::Result<bool> {
    let redis_url = options.redis_url.as_ref().context(
        "the address of the Redis server is missing: set `REDIS_URL`, or give `--redis-url`, to an address such as \
         `redis://127.0.0.1:6379`",
    )?;
    let _metrics = metrics::install_without_port()?;
    // The lease does not matter: this command takes no job.
    let lease = Lease { time: Duration::from_secs(60), attempts: 1, retry_delay: Duration::ZERO };
    let queue = JobQueue::Redis(Box::new(RedisQueue::new(redis_url, lease)?));
    queue.check().await?;
    let loaded = read_files(&options.files, progress);
    for job in &loaded.jobs {
        queue.add(job, options.priority).await?;
        print(&format!("enqueued  {}\n", job.name()))?;
    }
    Ok(loaded.rejected == 0)
}
