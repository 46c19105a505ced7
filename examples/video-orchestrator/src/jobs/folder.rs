//! A job's folder: what the job leaves behind.

use std::io;
use std::path::{Path, PathBuf};

use metrics_runtime::Failure;
use serde::Serialize;

use crate::comfy::{Image, Step, Workflow};
use crate::job::Job;
use crate::voice::Voice;

pub const VOICEOVER: &str = "voiceover.wav";
const MANIFEST: &str = "manifest.json";
const UNFINISHED: &str = ".unfinished";

/// Why a job's folder does not hold what it should.
#[derive(Debug, thiserror::Error, Failure)]
#[error("`{}` cannot be written", .path.display())]
#[failure(source)]
pub struct FolderError {
    path: PathBuf,
    source: io::Error,
}

/// Tries the folder of all jobs: one that cannot be written would fail each job, and a worker without one empties a queue
/// into its dead letters.
pub async fn check(out: &Path) -> Result<(), FolderError> {
    let at = |path: &Path| error_at(path.to_owned());
    tokio::fs::create_dir_all(out).await.map_err(at(out))?;
    let probe = out.join(format!(".probe.{}-{:08x}{UNFINISHED}", std::process::id(), fastrand::u32(..)));
    tokio::fs::write(&probe, "Can this be written?\n").await.map_err(at(out))?;
    tokio::fs::remove_file(&probe).await.map_err(at(&probe))
}

fn error_at(path: PathBuf) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError { path, source }
}

/// `<out>/<run_id>/<job_id>`.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

/// What a job has made, as `manifest.json` tells it.
#[derive(Debug, Serialize)]
pub struct Manifest {
    pub run_id: String,
    pub job_id: String,
    pub status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub script: String,
    pub workflow: Workflow,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voiceover: Option<VoiceoverEntry>,
    pub images: Vec<ImageEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Completed,
    Failed,
}

#[derive(Debug, Serialize)]
pub struct VoiceoverEntry {
    pub file: &'static str,
    pub voice: Voice,
    pub seconds: f64,
}

#[derive(Debug, Serialize)]
pub struct ImageEntry {
    pub file: String,
    pub step: Step,
    pub prompt: String,
    pub width: u32,
    pub height: u32,
}

impl Manifest {
    /// The manifest of a job that has made nothing yet.
    pub fn of(job: &Job) -> Self {
        Self {
            run_id: job.run_id.clone(),
            job_id: job.job_id.clone(),
            status: Status::Completed,
            error: None,
            script: job.script.clone(),
            workflow: job.workflow,
            voiceover: None,
            images: Vec::new(),
        }
    }
}

impl Folder {
    /// Makes the folder of a job. What an earlier try of the job left in it is written over.
    pub async fn create(out: &Path, job: &Job) -> Result<Self, FolderError> {
        let path = out.join(&job.run_id).join(&job.job_id);
        match tokio::fs::create_dir_all(&path).await {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(FolderError { path, source }),
        }
    }

    /// Writes the image of the prompt with this number, counted from 1.
    pub async fn write_image(
        &self,
        number: usize,
        step: Step,
        prompt: &str,
        image: &Image,
    ) -> Result<ImageEntry, FolderError> {
        let suffix = match step {
            Step::Text2image => "",
            Step::Upscale => "-upscaled",
        };
        let file = format!("image-{number:03}{suffix}.png");
        self.write(&file, &image.png).await?;
        Ok(ImageEntry { file, step, prompt: prompt.to_owned(), width: image.width, height: image.height })
    }

    /// Writes the manifest, last of all.
    pub async fn write_manifest(&self, manifest: &Manifest) -> Result<(), FolderError> {
        let text = serde_json::to_string_pretty(manifest);
        let mut text = text.map_err(|error| error_at(self.path.join(MANIFEST))(error.into()))?;
        text.push('\n');
        self.tidy().await.map_err(error_at(self.path.clone()))?;
        self.write(MANIFEST, text.as_bytes()).await
    }

    /// Writes a file whole, then gives it its name: nobody sees half of one.
    async fn write(&self, file: &str, content: &[u8]) -> Result<(), FolderError> {
        let unfinished = self.unfinished(file);
        tokio::fs::write(&unfinished, content).await.map_err(error_at(self.path.join(file)))?;
        self.finish(&unfinished, file).await
    }

    /// Where a file is written before it has its name. Another worker that does the same job, because this one was taken
    /// for lost, writes elsewhere.
    pub fn unfinished(&self, file: &str) -> PathBuf {
        let process = std::process::id();
        self.path.join(format!(".{file}.{process}-{:08x}{UNFINISHED}", fastrand::u32(..)))
    }

    /// Gives a file its name.
    pub async fn finish(&self, unfinished: &Path, file: &str) -> Result<(), FolderError> {
        let path = self.path.join(file);
        tokio::fs::rename(unfinished, &path).await.map_err(error_at(path))
    }

    /// Removes what workers that were lost have left unfinished.
    async fn tidy(&self) -> io::Result<()> {
        let mut entries = tokio::fs::read_dir(&self.path).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                // Another may have been quicker.
                let _ = tokio::fs::remove_file(entry.path()).await;
            }
        }
        Ok(())
    }
}
