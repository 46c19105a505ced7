//! The worker, which does jobs.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::{Failure, counted, counted_failure, in_flight, timed};
use tracing::{Instrument as _, info_span};

use super::folder::{Folder, FolderError, MANIFEST, VOICEOVER, check_output_folder, image_file};
use super::job::Job;
use super::manifest::{Manifest, Status, VoiceoverEntry};
use super::trouble::{Trouble, is_about_the_disk};
use crate::comfy::{ComfyClient, ComfyError, Drawing, Image, Step, Workflow};
use crate::report::{Progress, failure_text};
use crate::traces::watched;
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
    /// Whether the ComfyUI server was restarted meanwhile.
    pub(crate) fn is_restart(&self) -> bool {
        matches!(self, Self::Image { source, .. } if source.is_restart())
    }

    /// Whether the job itself is the reason, and not its surroundings: a job that is meant to fail has not failed as
    /// intended where the server was away, or the disk full.
    pub(crate) fn is_caused_by_the_job(&self) -> bool {
        match self {
            Self::Voice(error) => matches!(error, VoiceError::NothingToSay),
            Self::Image { source, .. } => {
                matches!(source, ComfyError::Rejected { .. } | ComfyError::Timeout { .. }) && !source.is_unreachable()
            }
            Self::Folder(_) | Self::Panic(_) => false,
        }
    }
}

impl Worker {
    /// What kept the worker itself from doing a job, if it was not the job. Where an error does not tell, the server, or the
    /// folder, is tried.
    pub(crate) async fn trouble(&self, error: &WorkError) -> Option<Trouble> {
        let (trouble, is_certain) = match error {
            WorkError::Voice(VoiceError::NothingToSay | VoiceError::Timeout(_)) | WorkError::Panic(_) => return None,
            WorkError::Voice(_) | WorkError::Folder(_) => (Trouble::Output, is_about_the_disk(error)),
            WorkError::Image { source, .. } if source.is_restart() => (Trouble::Comfyui, true),
            WorkError::Image { source, .. } if source.may_be_about_the_server() => {
                (Trouble::Comfyui, source.is_unreachable())
            }
            WorkError::Image { .. } => return None,
        };
        (is_certain || self.has_trouble(trouble).await).then_some(trouble)
    }

    /// Whether the trouble is there now.
    pub(crate) async fn has_trouble(&self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::Comfyui => self.comfy.check().await.is_err(),
            Trouble::Output => check_output_folder(&self.out).await.is_err(),
        }
    }

    /// Does one job, from its script to its manifest. A job that fails has a manifest too, with the reason. Each attempt,
    /// counted from 1, draws other images: the server answers an equal workflow from its cache, with the same fault.
    #[timed(
        histogram = "job_total_seconds",
        buckets(10, 30, 60, 120, 300, 600, 1200, 3600),
        description = "Time spent on a job, from its start to its end."
    )]
    #[counted(counter = "jobs_started_total", description = "Jobs that a worker has started.")]
    #[counted(
        counter = "jobs_failed_total",
        on = failure,
        objective(percent = 95),
        description = "Jobs that have failed."
    )]
    #[in_flight(
        gauge = "worker_active",
        oldest = "worker_active_oldest_seconds",
        description = "Whether the worker does a job now: 1 or 0; of several workers with one page, how many."
    )]
    pub(crate) async fn run_job(&self, job: &Job, attempt: u32) -> Result<Manifest, WorkError> {
        let folder = Folder::create(&self.out, job).await?;
        let mut manifest = Manifest::of(job);
        let result = self.make_files(job, attempt, &folder, &mut manifest).await;
        if let Err(error) = &result {
            manifest.status = Status::Failed;
            manifest.error = Some(failure_text(error));
        }
        let finish = info_span!("finish", run_id = job.run_id, job_id = job.job_id, file = MANIFEST);
        let written = watched(folder.write_manifest(&manifest)).instrument(finish).await;
        result?;
        written?;
        Ok(manifest)
    }

    async fn make_files(
        &self,
        job: &Job,
        attempt: u32,
        folder: &Folder,
        manifest: &mut Manifest,
    ) -> Result<(), WorkError> {
        let unfinished = folder.unfinished(VOICEOVER);
        let span = info_span!("voiceover", run_id = job.run_id, job_id = job.job_id, file = VOICEOVER);
        let speaking = self.voice.synthesize_voice(&job.script, &unfinished);
        let voiceover = watched(speaking).instrument(span).await?;
        folder.finish(&unfinished, VOICEOVER).await?;
        manifest.voiceover = Some(VoiceoverEntry { file: VOICEOVER, voice: self.voice, seconds: voiceover.seconds });
        self.generate_all_images(job, attempt, folder, manifest).await
    }

    /// Generates the images of a job, one after the other.
    #[timed(
        histogram = "total_images_generation_seconds",
        buckets(10, 30, 60, 120, 300, 600, 1200, 3600),
        description = "Time spent on all images of a job."
    )]
    async fn generate_all_images(
        &self,
        job: &Job,
        attempt: u32,
        folder: &Folder,
        manifest: &mut Manifest,
    ) -> Result<(), WorkError> {
        for (number, prompt) in (1..).zip(&job.image_prompts) {
            let seed = seed(job, number, attempt);
            for &step in job.workflow.steps() {
                let file = image_file(number, step);
                let image = self.generate_image(step, job.workflow, job, &file, prompt, seed).await;
                let image = image.map_err(|source| WorkError::Image { number, source })?;
                manifest.images.push(folder.write_image(file, step, prompt, &image).await?);
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
        objective(percent = 99, under = 300),
        description = "Time spent on one image, from its submission to its last byte."
    )]
    #[counted(counter = "images_generated_total", on = ok, description = "Images that were made.")]
    #[counted_failure(
        counter = "image_generation_failures_total",
        objective(percent = 99),
        description = "Images that were not made."
    )]
    #[tracing::instrument(name = "image", skip_all, fields(run_id = job.run_id, job_id = job.job_id, file = file))]
    async fn generate_image(
        &self,
        step: Step,
        workflow: Workflow,
        job: &Job,
        file: &str,
        prompt: &str,
        seed: u64,
    ) -> Result<Image, ComfyError> {
        watched(self.comfy.draw(&Drawing { step, workflow, prompt, seed }, self.image_timeout)).await
    }
}

/// The seed of an image: the same attempt at the same job gives the same images.
fn seed(job: &Job, number: usize, attempt: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&job.run_id, &job.job_id, number, attempt).hash(&mut hasher);
    // Numbers in JSON are exact up to 53 bits.
    hasher.finish() >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_image_of_each_attempt_has_its_own_seed() {
        let job = r#"{"run_id":"r","job_id":"j","script":"x","workflow":"portrait","image_prompts":["a","b"]}"#;
        let job = Job::parse(job).expect("the job is valid");
        let seeds = [seed(&job, 1, 1), seed(&job, 2, 1), seed(&job, 1, 2), seed(&job, 2, 2)];
        for (at, one) in seeds.iter().enumerate() {
            assert!(!seeds[at + 1..].contains(one), "{seeds:?}");
        }
        assert_eq!(seed(&job, 1, 1), seeds[0], "the same attempt draws the same image");
    }
}
