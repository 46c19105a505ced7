//! The folder of a job, and its files.

use std::io;
use std::path::{Path, PathBuf};

use metrics_runtime::Failure;

use super::job::Job;
use super::manifest::{ImageEntry, Manifest};
use crate::comfy::{Image, Step};

pub(crate) const VOICEOVER: &str = "voiceover.wav";
pub(crate) const MANIFEST: &str = "manifest.json";
const UNFINISHED: &str = ".unfinished";
/// A disk that takes this takes the files of a job. A full one may still take a few bytes.
static PROBE: [u8; 1 << 20] = [b'?'; 1 << 20];

/// Why a file or a folder cannot be written.
#[derive(Debug, thiserror::Error, Failure)]
#[error("`{}` cannot be written", .path.display())]
#[failure(source)]
pub(crate) struct FolderError {
    path: PathBuf,
    source: io::Error,
}

/// Checks that the folder of all jobs can be written. Otherwise each job would fail, and the worker would move a whole queue
/// to the dead letters.
pub(crate) async fn check_output_folder(out: &Path) -> Result<(), FolderError> {
    let at = |path: &Path| error_at(path.to_owned());
    tokio::fs::create_dir_all(out).await.map_err(at(out))?;
    let probe = out.join(format!(".probe.{}-{:08x}{UNFINISHED}", std::process::id(), fastrand::u32(..)));
    let written = tokio::fs::write(&probe, PROBE.as_slice()).await.map_err(at(out));
    let removed = tokio::fs::remove_file(&probe).await.map_err(at(&probe));
    written.and(removed)
}

fn error_at(path: PathBuf) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError { path, source }
}

/// The file of the image of the prompt with this number, counted from 1.
pub(crate) fn image_file(number: usize, step: Step) -> String {
    let suffix = match step {
        Step::Text2image => "",
        Step::Upscale => "-upscaled",
    };
    format!("image-{number:03}{suffix}.png")
}

/// The folder of a job: `<out>/<run_id>/<job_id>`.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Creates the folder of a job. Files from an earlier attempt are overwritten.
    pub(crate) async fn create(out: &Path, job: &Job) -> Result<Self, FolderError> {
        let path = out.join(&job.run_id).join(&job.job_id);
        match tokio::fs::create_dir_all(&path).await {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(FolderError { path, source }),
        }
    }

    /// Writes an image.
    pub(crate) async fn write_image(
        &self,
        file: String,
        step: Step,
        prompt: &str,
        image: &Image,
    ) -> Result<ImageEntry, FolderError> {
        self.write(&file, &image.png).await?;
        Ok(ImageEntry { file, step, prompt: prompt.to_owned(), width: image.width, height: image.height })
    }

    /// Writes the manifest, last of all.
    pub(crate) async fn write_manifest(&self, manifest: &Manifest) -> Result<(), FolderError> {
        let text = serde_json::to_string_pretty(manifest);
        let mut text = text.map_err(|error| error_at(self.path.join(MANIFEST))(error.into()))?;
        text.push('\n');
        self.remove_unfinished().await.map_err(error_at(self.path.clone()))?;
        self.write(MANIFEST, text.as_bytes()).await
    }

    /// Writes a complete file, then gives it its name: no reader sees an incomplete file.
    async fn write(&self, file: &str, content: &[u8]) -> Result<(), FolderError> {
        let unfinished = self.unfinished(file);
        tokio::fs::write(&unfinished, content).await.map_err(error_at(self.path.join(file)))?;
        self.finish(&unfinished, file).await
    }

    /// Where a file is written before it has its name. Another worker that does the same job, because this one seemed lost,
    /// writes elsewhere.
    pub(crate) fn unfinished(&self, file: &str) -> PathBuf {
        let process = std::process::id();
        self.path.join(format!(".{file}.{process}-{:08x}{UNFINISHED}", fastrand::u32(..)))
    }

    /// Gives a file its name.
    pub(crate) async fn finish(&self, unfinished: &Path, file: &str) -> Result<(), FolderError> {
        let path = self.path.join(file);
        tokio::fs::rename(unfinished, &path).await.map_err(error_at(path))
    }

    /// Removes the unfinished files of lost workers.
    async fn remove_unfinished(&self) -> io::Result<()> {
        let mut entries = tokio::fs::read_dir(&self.path).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                // An error means that another worker has removed it.
                let _ = tokio::fs::remove_file(entry.path()).await;
            }
        }
        Ok(())
    }
}
