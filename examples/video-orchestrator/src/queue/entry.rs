//! What stands on a list: a job, with when it was enqueued, and what became of it.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::job::Job;

/// A job on a queue. Whoever has no such envelope may push the plain job as well; then nobody knows how long it waits.
#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    /// Tells two jobs of the same text apart.
    id: String,
    /// Milliseconds since 1970.
    enqueued_at: u64,
    #[serde(borrow)]
    job: &'a RawValue,
}

/// A job that was given up, with what came of it; nothing of it is left out.
#[derive(Serialize)]
pub struct DeadLetter<'a> {
    pub error: String,
    pub attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enqueued_at: Option<u64>,
    pub dead_at: u64,
    /// As it stood on the queue.
    pub entry: &'a str,
}

/// Wraps a job that is enqueued now.
pub fn wrap(job: &Job) -> String {
    let text = job.to_json();
    let job: &RawValue = serde_json::from_str(&text).expect("a job's text is JSON");
    let envelope = Envelope { id: format!("{:032x}", fastrand::u128(..)), enqueued_at: now(), job };
    serde_json::to_string(&envelope).expect("an envelope is made of texts and a number")
}

/// The text of the job, and when it was enqueued, where the entry says.
pub fn unwrap(entry: &str) -> (&str, Option<SystemTime>) {
    match serde_json::from_str::<Envelope<'_>>(entry) {
        Ok(envelope) => (envelope.job.get(), Some(time(envelope.enqueued_at))),
        Err(_) => (entry, None),
    }
}

/// When a job, or a dead letter, was enqueued.
pub fn enqueued_at(entry: &[u8]) -> Option<SystemTime> {
    #[derive(Deserialize)]
    struct Timed {
        enqueued_at: u64,
    }
    serde_json::from_slice(entry).ok().map(|Timed { enqueued_at }| time(enqueued_at))
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    milliseconds(SystemTime::now())
}

pub fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn time(milliseconds: u64) -> SystemTime {
    // What no clock shows is 1970: a time that a foreign entry makes up must not panic.
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds)).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str =
        r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;

    #[test]
    fn a_job_comes_out_as_it_went_in_with_its_time() {
        let entry = wrap(&Job::parse(JOB).expect("it is a job"));
        let (text, time) = unwrap(&entry);
        assert_eq!(text, JOB);
        assert_eq!(time, enqueued_at(entry.as_bytes()));
        assert!(time.is_some_and(|time| time.elapsed().is_ok_and(|age| age < Duration::from_secs(60))));
        assert_ne!(entry, wrap(&Job::parse(JOB).expect("it is a job")), "two jobs of one text are two");
    }

    #[test]
    fn what_has_no_envelope_is_taken_as_it_is() {
        for text in [JOB, "not a job", "{\"id\":\"x\"}"] {
            assert_eq!(unwrap(text), (text, None));
        }
        assert_eq!(enqueued_at(b"{\"enqueued_at\":18446744073709551615}").map(|_| ()), Some(()));
    }
}
