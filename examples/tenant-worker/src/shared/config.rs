//! The file that says for whom the worker works.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// What the file says.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Where the page of the metrics is.
    pub listen: String,
    /// The names of the tenants.
    pub tenants: Vec<String>,
    /// A file with a job in each line, beside this one.
    jobs: PathBuf,
    /// A file with the name of a tenant in each line, beside this one. It may be missing.
    paused: PathBuf,
    /// How many jobs are done at a time.
    pub workers: usize,
    job_limit_seconds: f64,
    /// Two servers that have the same answers.
    pub mirrors: [SocketAddr; 2],
}

impl Config {
    /// Reads the file that is the program's argument.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is not one.
    pub fn from_arguments() -> Result<Self> {
        let file = std::env::args_os().nth(1).context("usage: tenant-worker CONFIG.toml")?;
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{} is wrong", file.display()))?;
        let folder = Path::new(&file).parent().unwrap_or(Path::new("."));
        Ok(Self { jobs: folder.join(&config.jobs), paused: folder.join(&config.paused), ..config })
    }

    /// How long a job may take.
    ///
    /// # Errors
    ///
    /// It is no time.
    pub fn job_limit(&self) -> Result<Duration> {
        Duration::try_from_secs_f64(self.job_limit_seconds).context("`job_limit_seconds` is no time")
    }

    /// The jobs.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a line is no job.
    pub fn jobs<J: for<'line> Deserialize<'line>>(&self) -> Result<Vec<J>> {
        let text = fs::read_to_string(&self.jobs).with_context(|| format!("{} cannot be read", self.jobs.display()))?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("`{line}` is no job"))).collect()
    }

    /// The tenants for whom nothing is done at the moment.
    ///
    /// # Errors
    ///
    /// The file cannot be read; most of the time there is none.
    pub fn paused(&self) -> io::Result<Vec<String>> {
        Ok(fs::read_to_string(&self.paused)?.lines().map(str::to_owned).collect())
    }
}
