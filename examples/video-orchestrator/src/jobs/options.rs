//! The options of jobs and their folders.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct JobOptions {
    /// A folder of job files (*.json) to do, instead of the sample jobs.
    #[arg(long, value_name = "DIR")]
    pub(crate) jobs: Option<PathBuf>,
    /// Where the folders of the jobs are written.
    #[arg(long, value_name = "DIR", default_value = "video-orchestrator-out")]
    pub(crate) out: PathBuf,
}
