//! Puts the parts together, and takes jobs from the queue until there is a reason to stop.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli::{Intake, Work};
use crate::comfy::ComfyClient;
use crate::folder::Manifest;
use crate::job::{Expectation, Job};
use crate::progress::{Progress, plural};
use crate::queue::{Memory, Queue, Redis};
use crate::shutdown::Shutdown;
use crate::source::{self, Found};
use crate::voice::Voice;
use crate::worker::{WorkError, Worker};
use crate::{failure_text, intake, metrics, rejected, standin, summary};

/// How long one look at the queue waits for a job, and so how late a signal may be noticed.
const PATIENCE: Duration = Duration::from_secs(1);
/// The same where the program ends with the first look in vain.
const PATIENCE_ONCE: Duration = Duration::from_millis(50);
/// How long to wait before the queue is asked again after it has failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Does jobs as the options say. `false`: some did not end as they were meant to.
pub async fn run(options: Work, progress: Arc<Progress>) -> anyhow::Result<bool> {
    let handle = metrics::init(options.bucket_scale())?;
    let worker = Arc::new(worker(&options, Arc::clone(&progress)).await?);
    let queue = Arc::new(match &options.redis_url {
        Some(url) => Queue::Redis(Box::new(Redis::new(url)?)),
        None => Queue::Memory(Memory::default()),
    });
    let found = match &options.jobs {
        Some(folder) => source::folder(folder, &progress)?,
        // A shared queue is for the jobs of its owner.
        None if options.redis_url.is_some() => Found::default(),
        None => source::samples(),
    };
    for job in &found.jobs {
        queue.enqueue(job).await?;
    }
    queue.sample_depth().await?;

    let leaving = Arc::clone(&progress);
    let shutdown = Shutdown::listen(move || leaving.line("stopping when the job in hand is done"))?;
    match handle.local_addr() {
        Some(address) => progress.line(&format!("metrics are at http://{address}/metrics")),
        None => progress.line("metrics are not served"),
    }
    if let (Intake::At(address), false) = (options.intake, options.once) {
        let at = intake::start(address, Arc::clone(&queue), Arc::clone(&progress), shutdown.clone()).await?;
        progress.line(&format!("jobs are taken at http://{at}/jobs"));
    }
    let sampler = tokio::spawn(Arc::clone(&queue).keep_sampling_depth(options.sample_interval));

    let mut tally = Tally { rejected: found.rejected, ..Tally::default() };
    let taking = Taking { queue: &queue, worker: &worker, progress: &progress, shutdown: &shutdown };
    taking.jobs(options.once, &mut tally).await?;

    sampler.abort();
    progress.finish();
    if options.once {
        queue.sample_depth().await?;
        println!("{}", summary::table(&handle.render()).trim_end());
        println!("{}", tally.sentence());
    }
    let left = queue.len().await.unwrap_or(0);
    if matches!(*queue, Queue::Memory(_)) && left > 0 {
        progress.line(&format!("{left} jobs were waiting in memory, and are not done"));
    }
    handle.shutdown();
    // While it serves, a job that fails is everyday business.
    Ok(!options.once || tally.is_as_intended() && left == 0)
}

/// Puts jobs on the Redis queue. `false`: some of the files are no jobs.
pub async fn enqueue(files: &[std::path::PathBuf], redis_url: &str, progress: &Progress) -> anyhow::Result<bool> {
    let queue = Queue::Redis(Box::new(Redis::new(redis_url)?));
    let found = source::files(files, progress);
    for job in &found.jobs {
        queue.enqueue(job).await?;
        println!("enqueued  {}/{}", job.run_id, job.job_id);
    }
    Ok(found.rejected == 0)
}

async fn worker(options: &Work, progress: Arc<Progress>) -> anyhow::Result<Worker> {
    let url = match &options.comfyui_url {
        Some(url) => url.clone(),
        None => {
            let address = standin::start(options.standin.clone()).await.context("the stand-in does not start")?;
            format!("http://{address}")
        }
    };
    let url =
        reqwest::Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https")).with_context(|| {
            format!("`COMFYUI_URL` is `{url}`, which is no address; write one such as `http://gpu:8188`")
        })?;
    let mut comfy = ComfyClient::new(url, options.checkpoint.clone())?;
    if options.comfyui_url.is_none() {
        comfy = comfy.polling_quickly();
    }
    let voice = Voice::choose(options.voice).await.context("the voice cannot be used")?;
    Ok(Worker { comfy, voice, image_timeout: options.image_timeout(), out: options.out.clone(), progress })
}

/// How the jobs have ended.
#[derive(Debug, Default)]
struct Tally {
    as_intended: usize,
    otherwise: usize,
    rejected: usize,
}

impl Tally {
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
    queue: &'a Queue,
    worker: &'a Arc<Worker>,
    progress: &'a Progress,
    shutdown: &'a Shutdown,
}

impl Taking<'_> {
    async fn jobs(&self, once: bool, tally: &mut Tally) -> anyhow::Result<()> {
        if let Ok(waiting) = self.queue.len().await {
            self.progress.jobs_waiting(waiting);
        }
        let patience = if once { PATIENCE_ONCE } else { PATIENCE };
        while !self.shutdown.is_asked() {
            match self.queue.take(patience).await {
                Ok(Some(text)) => self.job(&text, tally).await,
                Ok(None) if once => break,
                Ok(None) => {}
                Err(error) if once => return Err(error.into()),
                Err(error) => {
                    tracing::warn!("no job could be taken: {}", failure_text::of(&error));
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        Ok(())
    }

    async fn job(&self, text: &str, tally: &mut Tally) {
        let Ok(job) = rejected::parse_or_report("the queue", text, self.progress) else {
            tally.rejected += 1;
            return;
        };
        if let Ok(waiting) = self.queue.len().await {
            self.progress.jobs_waiting(waiting + 1);
        }
        self.progress.job_started(&job);
        let begun = Instant::now();
        let task = tokio::spawn({
            let (worker, job) = (Arc::clone(self.worker), job.clone());
            async move { worker.run_job(&job).await }
        });
        // A job that panics must not take the worker with it.
        let result = task.await.unwrap_or_else(|lost| Err(WorkError::Panic(lost)));
        let completed = result.is_ok();
        if completed == (job.expect == Expectation::Completed) {
            tally.as_intended += 1;
        } else {
            tally.otherwise += 1;
        }
        self.progress.job_ended(&ended(&job, &result, begun.elapsed()));
    }
}

fn ended(job: &Job, result: &Result<Manifest, WorkError>, took: Duration) -> String {
    let name = format!("{}/{}", job.run_id, job.job_id);
    match result {
        Ok(manifest) => {
            let images = manifest.images.len();
            let voice = manifest.voiceover.as_ref().map_or(0.0, |voiceover| voiceover.seconds);
            let images = format!("{images} {}", plural(images, "image"));
            format!("done      {name}: {images}, {voice:.1} s of voice, in {:.1} s", took.as_secs_f64())
        }
        Err(error) => {
            let intended = if job.expect == Expectation::Failed { " (as intended)" } else { "" };
            format!("failed    {name}: {}{intended}", failure_text::of(error))
        }
    }
}
