//! Where the first jobs come from: the samples, or files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::job::{Job, JobError};
use crate::progress::Progress;
use crate::rejected;
use crate::samples;

/// Jobs, and how many texts were none.
#[derive(Debug, Default)]
pub struct Found {
    pub jobs: Vec<Job>,
    pub rejected: usize,
}

pub fn samples() -> Found {
    Found { jobs: samples::jobs(), rejected: 0 }
}

/// Reads every `*.json` of a folder, in the order of the names. What is no job is reported, and the rest goes on.
pub fn folder(folder: &Path, progress: &Progress) -> anyhow::Result<Found> {
    let read = || -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let mut paths = read().with_context(|| format!("the folder `{}` cannot be read", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    anyhow::ensure!(!paths.is_empty(), "the folder `{}` holds no job files (*.json)", folder.display());
    Ok(files(&paths, progress))
}

/// Reads job files. What is none, or has the folder of another, is reported, and the rest goes on.
pub fn files(paths: &[PathBuf], progress: &Progress) -> Found {
    let mut found = Found::default();
    let mut origins: HashMap<(String, String), &Path> = HashMap::new();
    for path in paths {
        match job(path, &mut origins) {
            Ok(job) => found.jobs.push(job),
            Err(error) => {
                rejected::report(&path.display().to_string(), &error, progress);
                found.rejected += 1;
            }
        }
    }
    found
}

/// Why a file holds no job that can be done.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Job(#[from] JobError),
    #[error("the job `{name}` is in `{}` already, and both would write to one folder; give one another `job_id`", .first.display())]
    Twice { name: String, first: PathBuf },
}

fn job<'a>(path: &'a Path, origins: &mut HashMap<(String, String), &'a Path>) -> Result<Job, FileError> {
    let job = Job::parse(&std::fs::read_to_string(path)?)?;
    match origins.entry((job.run_id.clone(), job.job_id.clone())) {
        Entry::Occupied(first) => {
            let name = format!("{}/{}", job.run_id, job.job_id);
            Err(FileError::Twice { name, first: first.get().to_path_buf() })
        }
        Entry::Vacant(place) => {
            place.insert(path);
            Ok(job)
        }
    }
}
