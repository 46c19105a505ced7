//! How one job has ended, and the line that says so.

use std::time::Duration;

use crate::jobs::{Expectation, Job, Manifest, WorkError};
use crate::queue::Verdict;
use crate::report::{failure_text, plural};

/// The queue's answer to the report that a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acknowledgement {
    Answer(Verdict),
    /// There was no answer before the program had to end.
    Missing,
}

/// Whether a job has ended as intended.
pub(crate) fn is_as_intended(job: &Job, result: &Result<Manifest, WorkError>) -> bool {
    match (job.expect, result) {
        (Expectation::Completed, result) => result.is_ok(),
        (Expectation::Failed, Ok(_)) => false,
        (Expectation::Failed, Err(error)) => error.is_caused_by_the_job(),
    }
}

/// The line that says how a job has ended. It says `done` or `failed` only where the queue has accepted it.
pub(crate) fn outcome_line(
    job: &Job,
    result: &Result<Manifest, WorkError>,
    acknowledgement: Acknowledgement,
    elapsed: Duration,
) -> String {
    let name = job.name();
    let details = match result {
        Ok(manifest) => summary(manifest, elapsed),
        Err(error) => failure_text(error),
    };
    let status = if result.is_ok() { "done" } else { "failed" };
    match acknowledgement {
        Acknowledgement::Answer(Verdict::Accepted) => {
            let intended = match (job.expect, is_as_intended(job, result)) {
                (Expectation::Completed, _) => "",
                (Expectation::Failed, true) => " (as intended)",
                (Expectation::Failed, false) => " (not as intended: the job itself must be the reason)",
            };
            format!("{status:<8}  {name}: {details}{intended}")
        }
        Acknowledgement::Answer(Verdict::Vanished) => {
            format!("vanished  {name}: {status} here, but somebody has removed it from the queue ({details})")
        }
        Acknowledgement::Answer(Verdict::Superseded) => {
            format!("late      {name}: {status} here after its lease had expired; another worker has it ({details})")
        }
        Acknowledgement::Missing => {
            format!("unsaved   {name}: {status} here, but the queue did not answer; it will be done again ({details})")
        }
    }
}

fn summary(manifest: &Manifest, elapsed: Duration) -> String {
    let images = manifest.images.len();
    let voice = manifest.voiceover.as_ref().map_or(0.0, |voiceover| voiceover.seconds);
    format!("{images} {}, {voice:.1} s of voice, in {:.1} s", plural(images, "image"), elapsed.as_secs_f64())
}
