//! The job.

#[path = "../../../examples/video-orchestrator/src/jobs/job.rs"]
#[allow(dead_code, reason = "nothing works on the jobs")]
mod job;

pub(crate) use job::{Job, MAX_JOB_BYTES, is_list};
