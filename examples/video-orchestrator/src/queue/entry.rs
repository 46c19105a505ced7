//! The entries of the lists: jobs with the time when they were enqueued, and dead letters.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::jobs::Job;

/// A job on a queue. Other programs may push the plain job, without this envelope; then its wait is not known.
#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    /// Distinguishes two jobs with the same text.
    id: String,
    /// Milliseconds since 1970.
    enqueued_at: u64,
    #[serde(borrow)]
    job: &'a RawValue,
}

/// A job that was given up, with its error and its complete entry.
#[derive(Serialize)]
pub(crate) struct DeadLetter<'a> {
    pub(crate) error: String,
    pub(crate) attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enqueued_at: Option<u64>,
    pub(crate) dead_at: u64,
    /// The exact text on the queue.
    pub(crate) entry: &'a str,
}

/// Wraps a job that is enqueued now.
pub(crate) fn wrap(job: &Job) -> String {
    let text = job.to_json();
    let job: &RawValue = serde_json::from_str(&text).expect("a job's text is JSON");
    let envelope = Envelope { id: format!("{:032x}", fastrand::u128(..)), enqueued_at: now(), job };
    serde_json::to_string(&envelope).expect("the fields of an envelope are always JSON")
}

/// The text of the job, and when it was enqueued, where the entry has an envelope.
pub(crate) fn unwrap(entry: &str) -> (&str, Option<SystemTime>) {
    match serde_json::from_str::<Envelope<'_>>(entry) {
        Ok(envelope) => (envelope.job.get(), Some(time(envelope.enqueued_at))),
        Err(_) => (entry, None),
    }
}

/// When a job, or a dead letter, was enqueued.
pub(crate) fn enqueued_at(entry: &[u8]) -> Option<SystemTime> {
    #[derive(Deserialize)]
    struct Timed {
        enqueued_at: u64,
    }
    serde_json::from_slice(entry).ok().map(|Timed { enqueued_at }| time(enqueued_at))
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    milliseconds(SystemTime::now())
}

pub(crate) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn time(milliseconds: u64) -> SystemTime {
    // A time out of range becomes 1970: an entry of another program must not cause a panic.
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str =
        r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;

    #[test]
    fn a_wrapped_job_keeps_its_text_and_has_its_time() {
        let entry = wrap(&Job::parse(JOB).expect("the job is valid"));
        let (text, time) = unwrap(&entry);
        assert_eq!(text, JOB);
        assert_eq!(time, enqueued_at(entry.as_bytes()));
        assert!(time.is_some_and(|time| time.elapsed().is_ok_and(|age| age < Duration::from_secs(60))));
        assert_ne!(
            entry,
            wrap(&Job::parse(JOB).expect("the job is valid")),
            "two jobs with the same text are different"
        );
    }

    #[test]
    fn an_entry_without_an_envelope_is_the_job() {
        for text in [JOB, "not a job", "{\"id\":\"x\"}"] {
            assert_eq!(unwrap(text), (text, None));
        }
        assert_eq!(enqueued_at(b"{\"enqueued_at\":18446744073709551615}").map(|_| ()), Some(()));
    }
}
