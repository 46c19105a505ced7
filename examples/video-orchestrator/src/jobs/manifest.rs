//! The manifest of a job: what it has made.

use serde::Serialize;

use super::job::Job;
use crate::comfy::{Step, Workflow};
use crate::voice::Voice;

/// What a job has made, as `manifest.json` lists it.
#[derive(Debug, Serialize)]
pub(crate) struct Manifest {
    pub(crate) run_id: String,
    pub(crate) job_id: String,
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    pub(crate) script: String,
    pub(crate) workflow: Workflow,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) voiceover: Option<VoiceoverEntry>,
    pub(crate) images: Vec<ImageEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Completed,
    Failed,
}

#[derive(Debug, Serialize)]
pub(crate) struct VoiceoverEntry {
    pub(crate) file: &'static str,
    pub(crate) voice: Voice,
    pub(crate) seconds: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct ImageEntry {
    pub(crate) file: String,
    pub(crate) step: Step,
    pub(crate) prompt: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Manifest {
    /// The manifest of a job that has made nothing yet.
    pub(crate) fn of(job: &Job) -> Self {
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
