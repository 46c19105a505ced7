//! What an answer of a receiver means, without a receiver. It is compiled only with `--cfg fuzzing`.

use std::time::Duration;

use super::exporter::judge;
use crate::export::http::Answer;

/// The message of the error, and the time to wait.
pub(crate) fn otlp_answer(
    status: u16,
    retry_after: Option<String>,
    body: Vec<u8>,
) -> Result<(), (String, Option<Duration>)> {
    let answer = Answer { status, retry_after, body };
    judge("http://user:secret@collector/v1/metrics", answer).map_err(|error| (error.message, error.retry_after))
}
