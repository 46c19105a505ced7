//! Puts the parts together, and has the jobs done.

use std::error::Error as _;
use std::sync::Arc;

use anyhow::Context;
use metrics_runtime::redis::{ServiceUrl, redact_address};

use super::job_loop::JobLoop;
use super::shutdown::Shutdown;
use super::tally::Tally;
use super::work_options::WorkOptions;
use super::{metrics, readiness};
use crate::comfy::{Address, ComfyClient};
use crate::fake_server;
use crate::jobs::{LoadedJobs, Worker, check_output_folder, read_folder, sample_jobs};
use crate::queue::{IntakeAddress, JobQueue, MemoryQueue, Priority, RedisQueue, start_intake};
use crate::report::{Progress, print, summary_table};
use crate::settings::setting_name;
use crate::voice::Voice;

/// Does jobs, as the options say. `false`: some did not end as intended.
pub(crate) async fn work(options: WorkOptions, progress: Arc<Progress>) -> anyhow::Result<bool> {
    check_output_folder(&options.jobs.out).await.map_err(|error| {
        let out = options.jobs.out.display();
        let reason = error.source().map(ToString::to_string).unwrap_or_default();
        anyhow::anyhow!("`--out {out}` cannot be written: {reason}; give `--out` a folder that this user can write to")
    })?;
    let handle = metrics::install(options.bucket_scale())?;
    let queue = Arc::new(match &options.queue.redis_url {
        Some(url) => JobQueue::Redis(Box::new(RedisQueue::new(url, options.queue.lease())?)),
        None => JobQueue::Memory(MemoryQueue::new()),
    });
    let worker = Arc::new(worker(&options, &queue, Arc::clone(&progress)).await?);
    let loaded = match &options.jobs.jobs {
        Some(folder) => read_folder(folder, &progress)?,
        // A shared queue must not receive samples.
        None if options.queue.redis_url.is_some() => LoadedJobs::default(),
        None => LoadedJobs { jobs: sample_jobs(), rejected: 0 },
    };
    let for_signal = Arc::clone(&progress);
    let on_first = move || for_signal.line("stopping when the current job is done");
    let shutdown = match options.workers.number {
        Some(_) => Shutdown::listen_also_to_supervisor(on_first)?,
        None => Shutdown::listen(on_first)?,
    };
    // From the first page on.
    queue.show_depth();
    match handle.local_addr() {
        Some(address) => progress.line(&format!("metrics are at http://{address}/metrics")),
        None => progress.line("metrics are not served"),
    }
    // A program that ends soon is not scraped.
    let membership = if options.once { None } else { options.fleet.join(&queue, &handle)? };
    if let (Some(membership), Some(_)) = (&membership, handle.local_addr()) {
        progress.line(&format!("in the fleet as {}", membership.address()));
    }
    if options.once {
        // The caller waits for the end of the program: a Redis that does not answer is an error.
        queue.check().await?;
    } else if !readiness::wait_for_queue(&queue, &shutdown, &progress).await? {
        return Ok(true);
    }
    for job in &loaded.jobs {
        queue.add(job, Priority::Default).await?;
    }
    queue.show_depth();

    let takes_in = !options.once && options.workers.takes_in();
    if let (IntakeAddress::At(address), true) = (options.queue.intake, takes_in) {
        let shutdown = shutdown.clone().requested();
        let address = start_intake(address, Arc::clone(&queue), Arc::clone(&progress), shutdown).await?;
        progress.line(&format!("jobs are taken at http://{address}/jobs"));
    }
    let sampler = tokio::spawn(Arc::clone(&queue).keep_sampling(options.queue.sample_interval));
    let returner = tokio::spawn(Arc::clone(&queue).keep_returning());

    let mut tally = Tally { rejected: loaded.rejected, ..Tally::default() };
    JobLoop::new(&queue, &worker, &progress, &shutdown).run(options.once, &mut tally).await?;

    sampler.abort();
    returner.abort();
    progress.finish();
    if options.once {
        queue.show_depth();
        let table = summary_table(&handle.render());
        let sentence = match *queue {
            JobQueue::Redis(_) if tally.is_empty() => "no jobs were waiting in Redis".to_owned(),
            _ => tally.sentence(),
        };
        print(&format!("{}\n{sentence}\n", table.trim_end()))?;
    }
    let left = queue.len().await.unwrap_or(0);
    if matches!(*queue, JobQueue::Memory(_)) && left > 0 {
        let (waiting, done) = if left == 1 { ("job was", "is") } else { ("jobs were", "are") };
        progress.line(&format!("{left} {waiting} waiting in memory, and {done} not done"));
    }
    // First: Prometheus must not miss it.
    drop(membership);
    handle.shutdown();
    // While the program serves, a failed job is normal.
    Ok(!options.once || tally.is_as_intended() && left == 0)
}

async fn worker(options: &WorkOptions, queue: &JobQueue, progress: Arc<Progress>) -> anyhow::Result<Worker> {
    let mut comfy = ComfyClient::new(address(options, queue).await?, options.comfy.checkpoint.clone())?;
    if options.has_fake_server() {
        comfy = comfy.polling_quickly();
    }
    let voice = Voice::choose(&options.voice).await.context("the voice cannot be used")?;
    Ok(Worker { comfy, voice, image_timeout: options.image_timeout(), out: options.jobs.out.clone(), progress })
}

/// The address of the ComfyUI server; starts the fake one where the options name none.
async fn address(options: &WorkOptions, queue: &JobQueue) -> anyhow::Result<Address> {
    if let (Some(key), JobQueue::Redis(redis)) = (&options.comfy.comfyui_url_key, queue) {
        let service = ServiceUrl::new(redis.client(), key).refresh_interval(options.comfy.comfyui_url_cache);
        return Ok(Address::Discovered(Box::new(service)));
    }
    let url = match &options.comfy.comfyui_url {
        Some(url) => url.as_str().to_owned(),
        None => {
            let address = fake_server::start(options.fake_server.clone()).await;
            format!("http://{}", address.context("the fake server does not start")?)
        }
    };
    let parsed = reqwest::Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.map(Address::Fixed).with_context(|| {
        let setting = setting_name("COMFYUI_URL", "--comfyui-url", &url);
        let shown = redact_address(&url);
        format!("`{setting}` is `{shown}`, which is not an address; write one such as `http://gpu:8188`")
    })
}
