//! Puts the parts together, and takes jobs from the queue until there is a reason to stop.

use std::error::Error as _;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use metrics_runtime::redis::ServiceUrl;

use crate::cli::{Intake, Standin, Work};
use crate::comfy::{Address, ComfyClient};
use crate::folder::Manifest;
use crate::given::given_as;
use crate::job::{Expectation, Job};
use crate::progress::{Progress, plural};
use crate::queue::{Delivery, Done, Failed, Lease, Memory, Priority, Queue, QueueError, Redis};
use crate::shutdown::Shutdown;
use crate::source::{self, Found};
use crate::trouble::Trouble;
use crate::voice::Voice;
use crate::worker::{WorkError, Worker};
use crate::{failure_text, folder, intake, metrics, output, rejected, standin, summary, waiting};

/// How long one look at the queue waits for a job, and so how late a signal may be noticed.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same where the program ends with the first look in vain.
const PATIENCE_ONCE: Duration = Duration::from_millis(50);
/// How long to wait before the queue is asked again after it has failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the queue is told how the last job ended, where it does not hear and the program is to end.
const TRIES_WHILE_LEAVING: u32 = 10;

/// Does jobs as the options say. `false`: some did not end as they were meant to.
pub async fn run(options: Work, progress: Arc<Progress>) -> anyhow::Result<bool> {
    folder::check(&options.out).await.map_err(|error| {
        let out = options.out.display();
        let why = error.source().map(ToString::to_string).unwrap_or_default();
        anyhow::anyhow!("`--out {out}` cannot be written: {why}; give `--out` a folder that this user may write")
    })?;
    let handle = metrics::init(options.bucket_scale())?;
    let lease = Lease { time: options.lease, attempts: options.attempts, rest: options.retry_delay };
    let queue = Arc::new(match &options.redis_url {
        Some(url) => Queue::Redis(Box::new(Redis::new(url, lease)?)),
        None => Queue::Memory(Memory::new()),
    });
    let worker = Arc::new(worker(&options, &queue, Arc::clone(&progress)).await?);
    let found = match &options.jobs {
        Some(folder) => source::folder(folder, &progress)?,
        // A shared queue is for the jobs of its owner.
        None if options.redis_url.is_some() => Found::default(),
        None => source::samples(),
    };
    let leaving = Arc::clone(&progress);
    let shutdown = Shutdown::listen(move || leaving.line("stopping when the job in hand is done"))?;
    match handle.local_addr() {
        Some(address) => progress.line(&format!("metrics are at http://{address}/metrics")),
        None => progress.line("metrics are not served"),
    }
    if options.once {
        // Who runs it once waits for its end: a Redis that is not there is an error.
        queue.len().await?;
    } else if !waiting::for_queue(&queue, &shutdown, &progress).await? {
        return Ok(true);
    }
    for job in &found.jobs {
        queue.enqueue(job, Priority::Default).await?;
    }
    queue.show_depth();

    if let (Intake::At(address), false) = (options.intake, options.once) {
        let at = intake::start(address, Arc::clone(&queue), Arc::clone(&progress), shutdown.clone()).await?;
        progress.line(&format!("jobs are taken at http://{at}/jobs"));
    }
    let sampler = tokio::spawn(Arc::clone(&queue).keep_sampling(options.sample_interval));
    let returning = tokio::spawn(Arc::clone(&queue).keep_returning());

    let mut tally = Tally { rejected: found.rejected, ..Tally::default() };
    let taking = Taking {
        queue: &queue,
        worker: &worker,
        progress: &progress,
        shutdown: &shutdown,
        trouble: Trouble::new("no job could be taken"),
        unheard: Trouble::new("the queue has not heard how a job ended"),
    };
    taking.jobs(options.once, &mut tally).await?;

    sampler.abort();
    returning.abort();
    progress.finish();
    if options.once {
        queue.show_depth();
        let table = summary::table(&handle.render());
        let sentence = match *queue {
            Queue::Redis(_) if tally.is_empty() => "no jobs were waiting in Redis".to_owned(),
            _ => tally.sentence(),
        };
        output::print(&format!("{}\n{sentence}\n", table.trim_end()))?;
    }
    let left = queue.len().await.unwrap_or(0);
    if matches!(*queue, Queue::Memory(_)) && left > 0 {
        let (waiting, done) = if left == 1 { ("job was", "is") } else { ("jobs were", "are") };
        progress.line(&format!("{left} {waiting} waiting in memory, and {done} not done"));
    }
    handle.shutdown();
    // While it serves, a job that fails is everyday business.
    Ok(!options.once || tally.is_as_intended() && left == 0)
}

/// Serves the stand-in until a signal comes.
pub async fn standin(listen: SocketAddr, options: Standin, progress: &Progress) -> anyhow::Result<bool> {
    let shutdown = Shutdown::listen(|| {})?;
    let address = standin::start_at(listen, options).await;
    let address = address.with_context(|| format!("cannot listen at {listen}; give `--listen` another address"))?;
    progress.line(&format!("the stand-in is at http://{address}"));
    shutdown.asked().await;
    Ok(true)
}

/// Puts jobs on the Redis queue. `false`: some of the files are no jobs.
pub async fn enqueue(
    files: &[std::path::PathBuf],
    priority: Priority,
    redis_url: Option<&str>,
    progress: &Progress,
) -> anyhow::Result<bool> {
    let redis_url = redis_url.context(
        "it is not known which Redis server has the queues: set `REDIS_URL`, or give `--redis-url`, to an address such \
         as `redis://127.0.0.1:6379`",
    )?;
    // No job is taken here, so that the lease does not matter.
    let lease = Lease { time: Duration::from_secs(60), attempts: 1, rest: Duration::ZERO };
    let queue = Queue::Redis(Box::new(Redis::new(redis_url, lease)?));
    let found = source::files(files, progress);
    for job in &found.jobs {
        queue.enqueue(job, priority).await?;
        output::print(&format!("enqueued  {}/{}\n", job.run_id, job.job_id))?;
    }
    Ok(found.rejected == 0)
}

async fn worker(options: &Work, queue: &Queue, progress: Arc<Progress>) -> anyhow::Result<Worker> {
    let mut comfy = ComfyClient::new(address(options, queue).await?, options.checkpoint.clone())?;
    if options.has_standin() {
        comfy = comfy.polling_quickly();
    }
    let voice = Voice::choose(options.voice).await.context("the voice cannot be used")?;
    Ok(Worker { comfy, voice, image_timeout: options.image_timeout(), out: options.out.clone(), progress })
}

/// Where the images are drawn.
async fn address(options: &Work, queue: &Queue) -> anyhow::Result<Address> {
    if let (Some(key), Queue::Redis(redis)) = (&options.comfyui_url_key, queue) {
        let service = ServiceUrl::new(redis.client(), key).cached_for(options.comfyui_url_cache);
        return Ok(Address::Found(Box::new(service)));
    }
    let url = match &options.comfyui_url {
        Some(url) => url.clone(),
        None => {
            let address = standin::start(options.standin.clone()).await.context("the stand-in does not start")?;
            format!("http://{address}")
        }
    };
    let parsed = reqwest::Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.map(Address::Fixed).with_context(|| {
        let given = given_as("COMFYUI_URL", "--comfyui-url", &url);
        format!("`{given}` is `{url}`, which is no address; write one such as `http://gpu:8188`")
    })
}

/// How the jobs have ended.
#[derive(Debug, Default)]
struct Tally {
    as_intended: usize,
    otherwise: usize,
    rejected: usize,
}

impl Tally {
    fn is_empty(&self) -> bool {
        self.as_intended + self.otherwise + self.rejected == 0
    }

    fn is_as_intended(&self) -> bool {
        self.otherwise == 0 && self.rejected == 0
    }

    fn sentence(&self) -> String {
        let jobs = self.as_intended + self.otherwise;
        let mut sentence = format!("{} of {jobs} {} ended as intended", self.as_intended, plural(jobs, "job"));
        if self.rejected > 0 {
            let texts = plural(self.rejected, "text");
            let _ = write!(sentence, "; {} {texts} held no job", self.rejected);
        }
        sentence
    }
}

/// What taking jobs needs.
struct Taking<'a> {
    queue: &'a Arc<Queue>,
    worker: &'a Arc<Worker>,
    progress: &'a Progress,
    shutdown: &'a Shutdown,
    trouble: Trouble,
    unheard: Trouble,
}

impl Taking<'_> {
    async fn jobs(&self, once: bool, tally: &mut Tally) -> anyhow::Result<()> {
        self.show_waiting(0).await;
        let patience = if once { PATIENCE_ONCE } else { PATIENCE };
        while !self.shutdown.is_asked() {
            match self.queue.take(patience).await {
                Ok(taken) => {
                    self.trouble.has_worked();
                    match taken {
                        Some(delivery) => self.job(delivery, tally).await,
                        None if once => break,
                        None => {}
                    }
                }
                Err(error) if once => return Err(error.into()),
                Err(error) => {
                    self.trouble.has_failed(&error);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        Ok(())
    }

    /// Shows how many jobs wait, besides those in hand, where somebody watches.
    async fn show_waiting(&self, in_hand: u64) {
        if self.progress.shows_waiting()
            && let Ok(waiting) = self.queue.len().await
        {
            self.progress.jobs_waiting(waiting + in_hand);
        }
    }

    async fn job(&self, delivery: Delivery, tally: &mut Tally) {
        let holding = Holding(tokio::spawn(Arc::clone(self.queue).hold(delivery.clone())));
        let job = match rejected::parse_or_report("the queue", &delivery.text, self.progress) {
            Ok(job) => job,
            Err(error) => {
                tally.rejected += 1;
                let failed = Failed::now(failure_text::of(&error));
                self.settle(async || self.queue.reject(&delivery, &failed).await).await;
                return;
            }
        };
        self.show_waiting(1).await;
        self.progress.job_started(&job);
        let begun = Instant::now();
        let task = tokio::spawn({
            let (worker, job) = (Arc::clone(self.worker), job.clone());
            async move { worker.run_job(&job).await }
        });
        // A job that panics must not take the worker with it.
        let result = task.await.unwrap_or_else(|lost| Err(WorkError::Panic(lost)));
        let settled = match &result {
            Ok(_) => {
                let done = Done::now(format!("{}/{}", job.run_id, job.job_id));
                self.settle(async || self.queue.complete(&delivery, &done).await).await
            }
            Err(error) => {
                let failed = Failed::now(failure_text::of(error));
                self.settle(async || self.queue.fail(&delivery, &failed).await).await
            }
        };
        drop(holding);
        if settled == Settled::Accepted && is_as_intended(&job, &result) {
            tally.as_intended += 1;
        } else {
            tally.otherwise += 1;
        }
        self.progress.job_ended(&ended(&job, &result, settled, begun.elapsed()));
    }

    /// Tells the queue how a job has ended, until the queue has heard it. A job that it never hears of is done again, when
    /// its lease has run out; so there is an end to this where the program is to end.
    async fn settle(&self, mut tell: impl AsyncFnMut() -> Result<bool, QueueError>) -> Settled {
        let mut last_tries = TRIES_WHILE_LEAVING;
        loop {
            match tell().await {
                Ok(is_accepted) => {
                    self.unheard.has_worked();
                    return if is_accepted { Settled::Accepted } else { Settled::Superseded };
                }
                Err(error) => self.unheard.has_failed(&error),
            }
            if self.shutdown.is_asked() {
                last_tries -= 1;
                if last_tries == 0 {
                    return Settled::Unheard;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What the queue has made of the news that a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settled {
    Accepted,
    /// The job was not this worker's any more.
    Superseded,
    /// It has not heard it.
    Unheard,
}

/// Renews the lease of the job in hand, until it is dropped.
struct Holding(tokio::task::JoinHandle<()>);

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether a job has ended as it was meant to.
fn is_as_intended(job: &Job, result: &Result<Manifest, WorkError>) -> bool {
    match (job.expect, result) {
        (Expectation::Completed, result) => result.is_ok(),
        (Expectation::Failed, Ok(_)) => false,
        (Expectation::Failed, Err(error)) => error.is_the_jobs_own(),
    }
}

/// The line that says how a job has ended: done, or failed, only where the queue has accepted it.
fn ended(job: &Job, result: &Result<Manifest, WorkError>, settled: Settled, took: Duration) -> String {
    let name = format!("{}/{}", job.run_id, job.job_id);
    let how = match result {
        Ok(manifest) => made(manifest, took),
        Err(error) => failure_text::of(error),
    };
    let word = if result.is_ok() { "done" } else { "failed" };
    match settled {
        Settled::Accepted => {
            let intended = match (job.expect, is_as_intended(job, result)) {
                (Expectation::Completed, _) => "",
                (Expectation::Failed, true) => " (as intended)",
                (Expectation::Failed, false) => " (not as intended: the job is meant to fail by itself)",
            };
            format!("{word:<8}  {name}: {how}{intended}")
        }
        Settled::Superseded => {
            format!("late      {name}: {word} here when its lease had run out, and another worker has it ({how})")
        }
        Settled::Unheard => {
            format!("unheard   {name}: {word} here, which the queue has not heard; it is done again ({how})")
        }
    }
}

fn made(manifest: &Manifest, took: Duration) -> String {
    let images = manifest.images.len();
    let voice = manifest.voiceover.as_ref().map_or(0.0, |voiceover| voiceover.seconds);
    format!("{images} {}, {voice:.1} s of voice, in {:.1} s", plural(images, "image"), took.as_secs_f64())
}
