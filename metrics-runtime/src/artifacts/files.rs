//! The files, and how they are written and compared.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::dashboard;
use super::lock::{Lock, LockDifference};
use super::options::AlertOptions;
use super::reference;
use super::rules::{Program, alert_rules, alert_tests, recording_rules};
use crate::Catalog;

/// The files that [`Catalog::write_files`] writes, with the options for them.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::artifacts::WriteError> {
/// metrics_runtime::catalog().artifacts().job("video").write("metrics")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is written before `write()`"]
pub struct Artifacts<'a> {
    catalog: &'a Catalog,
    job: Option<String>,
    alerts: AlertOptions,
}

/// A file, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    name: &'static str,
    text: String,
}

impl File {
    /// Its name, without a folder.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its content.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The lock has its difference explained, so it is compared apart from the other files.
const LOCK: &str = "metrics.lock";

impl Catalog {
    /// Writes the files that are made from the catalog into a folder, which is created where it is missing. Other files
    /// there stay as they are. [`artifacts`](Self::artifacts) has options.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or a file cannot be written.
    pub fn write_files(&self, folder: impl AsRef<Path>) -> Result<(), WriteError> {
        self.artifacts().write(folder)
    }

    /// The files that are made from the catalog, to be written with options.
    pub fn artifacts(&self) -> Artifacts<'_> {
        Artifacts { catalog: self, job: None, alerts: AlertOptions::default() }
    }
}

impl Artifacts<'_> {
    /// The name of the program's job in Prometheus' configuration (`job_name`). Alerts and the dashboard then read this job's
    /// series only, and an alert can tell that no instance of it is there.
    pub fn job(mut self, job: impl Into<String>) -> Self {
        self.job = Some(job.into());
        self
    }

    /// The thresholds of the alerts.
    pub fn alerts(mut self, alerts: AlertOptions) -> Self {
        self.alerts = alerts;
        self
    }

    /// The files. The same catalog and options give the same text.
    #[must_use]
    pub fn files(&self) -> Vec<File> {
        let program = Program { catalog: self.catalog, job: self.job.as_deref(), options: &self.alerts };
        vec![
            File { name: LOCK, text: Lock::of(self.catalog).to_string() },
            File { name: "alerts.rules.yml", text: alert_rules(program) },
            File { name: "alerts.test.yml", text: alert_tests(program) },
            File { name: "dashboard.json", text: dashboard::document(self.catalog, self.job.as_deref()) },
            File { name: "recording.rules.yml", text: recording_rules(program) },
            File { name: "metrics.md", text: reference::page(self.catalog) },
        ]
    }

    /// Writes the files into a folder, which is created where it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or a file cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), WriteError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|source| WriteError { path: folder.to_owned(), source })?;
        for file in self.files() {
            let path = folder.join(file.name);
            fs::write(&path, &file.text).map_err(|source| WriteError { path, source })?;
        }
        Ok(())
    }

    /// Compares the files in a folder with what the catalog gives.
    ///
    /// # Errors
    ///
    /// A file is missing, cannot be read, or has another content. The error says how the metrics have changed.
    pub fn check(&self, folder: impl AsRef<Path>) -> Result<(), OutOfDate> {
        let folder = folder.as_ref();
        let stale: Vec<StaleFile> = self.files().iter().filter_map(|file| StaleFile::find(folder, file)).collect();
        if stale.is_empty() {
            return Ok(());
        }
        let before = fs::read_to_string(folder.join(LOCK)).ok().and_then(|text| Lock::parse(&text).ok());
        let difference = before.map(|before| before.difference(&Lock::of(self.catalog)).with_users_in(folder));
        Err(OutOfDate { folder: folder.to_owned(), stale, difference })
    }
}

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot be written", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// A file that is not what the catalog gives.
#[derive(Debug)]
struct StaleFile {
    name: &'static str,
    problem: String,
}

impl StaleFile {
    fn find(folder: &Path, file: &File) -> Option<Self> {
        let problem = match fs::read_to_string(folder.join(file.name)) {
            // A checkout may have changed the ends of lines.
            Ok(text) if text.replace("\r\n", "\n") == file.text => return None,
            Ok(text) => first_difference(&text, &file.text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "it is missing".to_owned(),
            Err(error) => format!("it cannot be read: {error}"),
        };
        Some(Self { name: file.name, problem })
    }
}

/// Where two texts differ first.
fn first_difference(before: &str, after: &str) -> String {
    let same = before.lines().zip(after.lines()).take_while(|(before, after)| before == after).count();
    let line = |text: &str| {
        text.lines().nth(same).map_or("the end of the file".to_owned(), |line| format!("`{}`", line.trim()))
    };
    format!("line {} is {}, and should be {}", same + 1, line(before), line(after))
}

/// Files that are not what the catalog gives: the metrics, or the options, have changed since they were written.
#[derive(Debug)]
pub struct OutOfDate {
    folder: PathBuf,
    stale: Vec<StaleFile>,
    difference: Option<LockDifference>,
}

impl OutOfDate {
    /// How the metrics have changed, where the lock could be read.
    #[must_use]
    pub const fn difference(&self) -> Option<&LockDifference> {
        self.difference.as_ref()
    }
}

impl fmt::Display for OutOfDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the files in `{}` are not those of the program's metrics", self.folder.display())?;
        for file in &self.stale {
            writeln!(f, "  {}: {}", file.name, file.problem)?;
        }
        match &self.difference {
            Some(difference) if !difference.is_empty() => write!(f, "\n{difference}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for OutOfDate {}
