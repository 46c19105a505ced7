//! What is sent to a receiver and what its answer means, without a receiver. It is compiled only with `--cfg fuzzing`.

use std::time::Duration;

use super::exporter::judge;
use super::request::{Times, encode};
use super::sent_exemplars::SentExemplars;
use crate::export::http::Answer;
use crate::export::state::families;

/// The bodies of two exports of the same page. `start` and `now` are their times, in nanoseconds since 1970.
pub(crate) fn otlp_requests(page: &str, start: u64, now: u64) -> [Vec<u8>; 2] {
    let mut sent = SentExemplars::default();
    [(); 2].map(|()| {
        let mut families = families(page);
        sent.leave_out_of(&mut families);
        let body = encode(&families, &[], Times { start, now });
        sent.add(&families);
        body
    })
}

/// The message of the error, and the time to wait.
pub(crate) fn otlp_answer(
    status: u16,
    retry_after: Option<String>,
    body: Vec<u8>,
) -> Result<(), (String, Option<Duration>)> {
    let answer = Answer { status, retry_after, body };
    judge("http://user:secret@collector/v1/metrics", answer).map_err(|error| (error.message, error.retry_after))
}
