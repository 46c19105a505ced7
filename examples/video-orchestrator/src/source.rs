//! Where the first jobs come from: the samples, or files.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::job::Job;
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

/// Reads job files. What is none is reported, and the rest goes on.
pub fn files(paths: &[PathBuf], progress: &Progress) -> Found {
    let mut found = Found::default();
    for path in paths {
        let origin = path.display().to_string();
        let job = match std::fs::read_to_string(path) {
            Ok(text) => rejected::parse_or_report(&origin, &text, progress).ok(),
            Err(error) => {
                rejected::report(&origin, &error, progress);
                None
            }
        };
        match job {
            Some(job) => found.jobs.push(job),
            None => found.rejected += 1,
        }
    }
    found
}
