//! Jobs in files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::job::{Job, JobError};
use super::rejection::report_rejection;
use crate::report::Progress;

/// Jobs, and the number of files that are not jobs.
#[derive(Debug, Default)]
pub(crate) struct LoadedJobs {
    pub(crate) jobs: Vec<Job>,
    pub(crate) rejected: usize,
}

/// Reads every `*.json` of a folder, sorted by name. A file that is not a job is reported; the others are read.
pub(crate) fn read_folder(folder: &Path, progress: &Progress) -> anyhow::Result<LoadedJobs> {
    let read = || -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = read().with_context(|| format!("the folder `{}` cannot be read", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    anyhow::ensure!(!paths.is_empty(), "the folder `{}` has no job files (*.json)", folder.display());
    Ok(read_files(&paths, progress))
}

/// Reads job files. One that is not a job, or has the folder of another, is reported; the others are read.
pub(crate) fn read_files(paths: &[PathBuf], progress: &Progress) -> LoadedJobs {
    let mut loaded = LoadedJobs::default();
    let mut origins: HashMap<(String, String), &Path> = HashMap::new();
    for path in paths {
        match read_job(path, &mut origins) {
            Ok(job) => loaded.jobs.push(job),
            Err(error) => {
                report_rejection(&path.display().to_string(), &error, progress);
                loaded.rejected += 1;
            }
        }
    }
    loaded
}

/// Why a file does not contain a job that can be done.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error("the job `{name}` is in `{}` too, and both would write to one folder; give one of them another `job_id`", .first.display())]
    Duplicate { name: String, first: PathBuf },
}

fn read_job<'a>(path: &'a Path, origins: &mut HashMap<(String, String), &'a Path>) -> Result<Job, FileError> {
    let job = Job::parse(&std::fs::read_to_string(path)?)?;
    match origins.entry((job.run_id.clone(), job.job_id.clone())) {
        Entry::Occupied(first) => Err(FileError::Duplicate { name: job.name(), first: first.get().to_path_buf() }),
        Entry::Vacant(place) => {
            place.insert(path);
            Ok(job)
        }
    }
}
