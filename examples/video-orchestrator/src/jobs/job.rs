//! A job, as it is written in a file or on the queue.

use metrics_runtime::TraceContext;
use serde::{Deserialize, Serialize};

use crate::comfy::Workflow;
use crate::report::one_line;
use crate::traces::GivenTrace;

/// The work for one video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the names of the file format")]
pub(crate) struct Job {
    /// The run that the job belongs to; also the name of a folder.
    pub(crate) run_id: String,
    /// The id of the job; also the name of its folder.
    pub(crate) job_id: String,
    /// The text that the voice speaks.
    pub(crate) script: String,
    /// How the images are made.
    pub(crate) workflow: Workflow,
    /// What the images show.
    pub(crate) image_prompts: Vec<String>,
    /// How the job is meant to end.
    #[serde(default, skip_serializing_if = "Expectation::is_completed")]
    pub(crate) expect: Expectation,
    /// The span that has caused the job, as W3C writes it.
    #[serde(default, skip_serializing_if = "GivenTrace::is_left_out")]
    pub(crate) traceparent: GivenTrace,
}

/// How a job is meant to end: some of the samples are made to fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Expectation {
    #[default]
    Completed,
    Failed,
}

impl Expectation {
    // Serde calls it with a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_completed(&self) -> bool {
        *self == Self::Completed
    }
}

/// More images than this are a mistake in the file.
const MAX_IMAGES: usize = 1000;
/// How much of a wrong value a message shows.
const SHOWN_BYTES: usize = 200;
/// Every file system takes a folder name of this length.
const MAX_NAME: usize = 128;

/// The text of a job is longer than this only where it contains a file.
pub(crate) const MAX_JOB_BYTES: usize = 1 << 20;

/// Why a text is not a job.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error("the job has {0} bytes: write up to 1048576, and put files where the workflow can load them")]
    TooLarge(usize),
    #[error("this is not a job: {0}")]
    Json(#[from] serde_json::Error),
    #[error("this is not a job: it is a list, and a job has its fields in braces")]
    List,
    #[error(
        "`{field}` is `{value}`, which cannot be the name of a folder: write up to 128 letters, digits, `-`, `_` \
         and `.`, and no `.` first"
    )]
    Name { field: &'static str, value: String },
    #[error("`image_prompts` has {0} entries: write from 1 to 1000")]
    Images(usize),
    #[error("entry {0} of `image_prompts` is empty: write what the image shows")]
    EmptyPrompt(usize),
}

impl Job {
    /// Parses a job, and checks what its types do not.
    pub(crate) fn parse(text: &str) -> Result<Self, JobError> {
        if text.len() > MAX_JOB_BYTES {
            return Err(JobError::TooLarge(text.len()));
        }
        // Without names, the values of a list would become the fields in their order.
        if is_list(text.as_bytes()) {
            return Err(JobError::List);
        }
        let job: Self = serde_json::from_str(text)?;
        for (field, value) in [("run_id", &job.run_id), ("job_id", &job.job_id)] {
            if !is_folder_name(value) {
                return Err(JobError::Name { field, value: one_line(value, SHOWN_BYTES) });
            }
        }
        if job.image_prompts.is_empty() || job.image_prompts.len() > MAX_IMAGES {
            return Err(JobError::Images(job.image_prompts.len()));
        }
        if let Some(at) = job.image_prompts.iter().position(|prompt| prompt.trim().is_empty()) {
            return Err(JobError::EmptyPrompt(at + 1));
        }
        Ok(job)
    }

    /// The same job, with this span as the parent of its own.
    pub(crate) fn with_parent(&self, parent: Option<TraceContext>) -> Self {
        Self { traceparent: parent.into(), ..self.clone() }
    }

    /// The job as one line of JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("the fields of a job are texts, which are always JSON")
    }

    /// The full name, for messages and records.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.run_id, self.job_id)
    }

    /// How many images the job makes.
    pub(crate) fn images(&self) -> usize {
        self.image_prompts.len() * self.workflow.steps().len()
    }
}

/// Whether a text is a list, if it is JSON.
pub(crate) fn is_list(json: &[u8]) -> bool {
    json.trim_ascii_start().first() == Some(&b'[')
}

fn is_folder_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;

    fn rejection(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from));
        Job::parse(&GOOD.replace(from, to)).expect_err("the job is broken").to_string()
    }

    #[test]
    fn a_job_is_parsed_and_written() {
        let job = Job::parse(GOOD).expect("the job is good");
        assert_eq!(job.expect, Expectation::Completed);
        assert_eq!(job.to_json(), GOOD);
    }

    #[test]
    fn a_job_keeps_a_trace_that_is_valid_and_is_not_lost_for_another() {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
        let with = |field: &str| GOOD.replace("\"a hill\"]", &format!("\"a hill\"],\"traceparent\":{field}"));
        let kept = with(&format!("\"{trace}\""));
        let job = Job::parse(&kept).expect("the job is good");
        assert_eq!(job.to_json(), kept);
        assert_eq!(job.with_parent(None).to_json(), GOOD);
        for wrong in ["\"00\"", "7", "{}", "null"] {
            assert_eq!(Job::parse(&with(wrong)).expect("the job is good").to_json(), GOOD, "{wrong}");
        }
    }

    #[test]
    fn a_broken_job_is_rejected_with_the_reason() {
        assert!(rejection("\"script\":\"Hello.\",", "").contains("missing field `script`"));
        assert!(rejection("portrait", "potrait").contains("unknown variant `potrait`, expected one of `portrait`"));
        assert!(rejection("\"script\"", "\"text\"").contains("unknown field `text`"));
        assert!(rejection("\"job_id\":\"j\"", "\"job_id\":\"../j\"").contains("`job_id` is `../j`, which cannot be"));
        assert!(rejection("\"run_id\":\"r\"", "\"run_id\":\"\"").contains("`run_id` is ``"));
        assert!(rejection("[\"a hill\"]", "[]").contains("has 0 entries"));
        assert!(rejection("[\"a hill\"]", "[\"a hill\", \" \"]").contains("entry 2 of"));
        let list = r#" ["r", "j", "Hello.", "portrait", ["a hill"]]"#;
        assert!(Job::parse(list).expect_err("it has no names").to_string().contains("it is a list"));
        assert!(rejection("Hello.", &"x".repeat(MAX_JOB_BYTES)).contains("write up to 1048576"));
    }
}
