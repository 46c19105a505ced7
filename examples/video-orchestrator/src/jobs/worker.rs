//! The worker, which does jobs.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::{Failure, counted, counted_failure, in_flight, timed};

use super::folder::{Folder, FolderError, VOICEOVER};
use super::job::Job;
use super::manifest::{Manifest, Status, VoiceoverEntry};
use crate::comfy::{ComfyClient, ComfyError, Drawing, Image, Step, Workflow};
use crate::report::{Progress, failure_text};
use crate::voice::{Voice, VoiceError};

/// A worker, with what it needs for a job.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) comfy: ComfyClient,
    pub(crate) voice: Voice,
    pub(crate) image_timeout: Duration,
    pub(crate) out: PathBuf,
    pub(crate) progress: Arc<Progress>,
}

/// Why a job has failed.
#[derive(Debug, thiserror::Error, Failure)]
pub(crate) enum WorkError {
    #[error("no voice-over")]
    #[failure(source)]
    Voice(#[from] VoiceError),
    #[error("no image for the prompt {number}")]
    #[failure(source)]
    Image { number: usize, source: ComfyError },
    #[error(transparent)]
    #[failure(source)]
    Folder(#[from] FolderError),
    #[error("the worker has a bug")]
    #[failure(error)]
    Panic(#[source] tokio::task::JoinError),
}

impl WorkError {
    /// Whether the job itself is the reason, and not its surroundings: a job that is meant to fail has not failed as
    /// intended where the server was away, or the disk full.
    pub(crate) fn is_caused_by_the_job(&self) -> bool {
        match self {
            Self::Voice(error) => matches!(error, VoiceError::NothingToSay),
            Self::Image { source, .. } => matches!(source, ComfyError::Rejected(_) | ComfyError::Timeout(_)),
            Self::Folder(_) | Self::Panic(_) => false,
        }
    }
}

impl Worker {
    /// Does one job, from its script to its manifest. A job that fails has a manifest too, with the reason.
    #[timed(
        histogram = "job_total_seconds",
        buckets(10, 30, 60, 120, 300, 600, 1200, 3600),
        description = "Time spent on a job, from its start to its end."
    )]
    #[counted(counter = "jobs_started_total", description = "Jobs that a worker has started.")]
    #[counted(counter = "jobs_failed_total", on = failure, description = "Jobs that have failed.")]
    #[in_flight(gauge = "worker_active", description = "Whether the worker does a job now: 1 or 0.")]
    pub(crate) async fn run_job(&self, job: &Job) -> Result<Manifest, WorkError> {
        let folder = Folder::create(&self.out, job).await?;
        let mut manifest = Manifest::of(job);
        let result = self.make_files(job, &folder, &mut manifest).await;
        if let Err(error) = &result {
            manifest.status = Status::Failed;
            manifest.error = Some(failure_text(error));
        }
        let written = folder.write_manifest(&manifest).await;
        result?;
        written?;
        Ok(manifest)
    }

    async fn make_files(&self, job: &Job, folder: &Folder, manifest: &mut Manifest) -> Result<(), WorkError> {
        let unfinished = folder.unfinished(VOICEOVER);
        let voiceover = self.voice.synthesize_voice(&job.script, &unfinished).await?;
        folder.finish(&unfinished, VOICEOVER).await?;
        manifest.voiceover = Some(VoiceoverEntry { file: VOICEOVER, voice: self.voice, seconds: voiceover.seconds });
        self.generate_all_images(job, folder, manifest).await
    }

    /// Generates the images of a job, one after the other.
    #[timed(
        histogram = "total_images_generation_seconds",
        buckets(10, 30, 60, 120, 300, 600, 1200, 3600),
        description = "Time spent on all images of a job."
    )]
    async fn generate_all_images(&self, job: &Job, folder: &Folder, manifest: &mut Manifest) -> Result<(), WorkError> {
        for (number, prompt) in (1..).zip(&job.image_prompts) {
            let seed = seed(job, number);
            for &step in job.workflow.steps() {
                let image = self.generate_image(step, job.workflow, prompt, seed).await;
                let image = image.map_err(|source| WorkError::Image { number, source })?;
                manifest.images.push(folder.write_image(number, step, prompt, &image).await?);
                self.progress.image_done();
            }
        }
        Ok(())
    }

    /// Generates one image: submits the workflow and polls until it is done.
    #[timed(
        histogram = "image_generation_seconds",
        labels(step, workflow),
        buckets(10, 20, 40, 60, 120, 300, 600, 1200),
        description = "Time spent on one image, from its submission to its last byte."
    )]
    #[counted(counter = "images_generated_total", on = ok, description = "Images that were made.")]
    #[counted_failure(counter = "image_generation_failures_total", description = "Images that were not made.")]
    async fn generate_image(
        &self,
        step: Step,
        workflow: Workflow,
        prompt: &str,
        seed: u64,
    ) -> Result<Image, ComfyError> {
        self.comfy.draw(&Drawing { step, workflow, prompt, seed }, self.image_timeout).await
    }
}

/// The seed of an image: the same job gives the same images.
fn seed(job: &Job, number: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&job.run_id, &job.job_id, number).hash(&mut hasher);
    // Numbers in JSON are exact up to 53 bits.
    hasher.finish() >> 11
}
