//! Jobs: how they are read, how they are done, and the files that they leave.

mod options;
mod job;
mod samples;
mod rejection;
mod job_files;
mod manifest;
mod folder;
mod trouble;
mod worker;

pub(crate) use folder::check_output_folder;
pub(crate) use job::{Expectation, Job, JobError, MAX_JOB_BYTES, is_list};
pub(crate) use job_files::{LoadedJobs, read_files, read_folder};
pub(crate) use manifest::Manifest;
pub(crate) use options::JobOptions;
pub(crate) use rejection::{parse_or_report, report_rejection};
pub(crate) use samples::sample_jobs;
pub(crate) use trouble::{Trouble, WORKER_PAUSED};
pub(crate) use worker::{WorkError, Worker};
