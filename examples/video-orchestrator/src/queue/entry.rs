//! The entries of the lists: jobs in an envelope, and dead letters.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::jobs::{Job, is_list};

/// A job on a queue. Its id comes first: by that the scripts recognise an entry with an identity of its own.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    /// Distinguishes two jobs with the same text.
    id: String,
    /// Milliseconds since 1970. Not known where another program has pushed the plain job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enqueued_at: Option<u64>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    job: Option<&'a RawValue>,
    /// A text that is not JSON.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    /// Bytes that are not a text, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

/// What is in an entry.
#[derive(Debug, PartialEq)]
pub(crate) struct Content<'a> {
    /// The text of the job.
    pub(crate) text: Cow<'a, str>,
    pub(crate) enqueued_at: Option<SystemTime>,
    /// The entry as it was pushed.
    pub(crate) pushed: Cow<'a, str>,
    /// The same where it is not a text, in hexadecimal digits.
    pub(crate) bytes: Option<String>,
}

/// A job that was given up, with its error and its complete entry.
#[derive(Serialize)]
pub(crate) struct DeadLetter<'a> {
    /// By which a late worker finds that its job was given up.
    pub(crate) id: &'a str,
    pub(crate) error: String,
    pub(crate) attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enqueued_at: Option<u64>,
    pub(crate) dead_at: u64,
    /// The entry as it was pushed.
    pub(crate) entry: &'a str,
    /// The same where it is not a text, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entry_bytes: Option<&'a str>,
}

/// Wraps a job that is enqueued now.
pub(crate) fn wrap(job: &Job) -> String {
    let text = job.to_json();
    let job: &RawValue = serde_json::from_str(&text).expect("a job's text is JSON");
    written(&Envelope { id: new_id(), enqueued_at: Some(now()), job: Some(job), ..Envelope::default() })
}

/// Wraps an entry that has no identity of its own: a plain job of another program, or the copy of an envelope.
pub(crate) fn adopt(entry: &[u8]) -> String {
    let mut envelope = Envelope { id: new_id(), ..Envelope::default() };
    let Ok(text) = str::from_utf8(entry) else {
        envelope.bytes = Some(entry.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        }));
        return written(&envelope);
    };
    if let Some(copied) = parse(text) {
        return written(&Envelope { id: envelope.id, ..copied });
    }
    match serde_json::from_str::<&RawValue>(text) {
        // Otherwise there is space around it, which belongs to the text. And `null` would be no job at all.
        Ok(job) if job.get() == text && text != "null" => envelope.job = Some(job),
        _ => envelope.text = Some(text.into()),
    }
    written(&envelope)
}

/// What is in an entry, with an envelope or without.
pub(crate) fn unwrap(entry: &str) -> Content<'_> {
    let Some(Envelope { enqueued_at, job, text, bytes, .. }) = parse(entry) else {
        return Content { text: entry.into(), enqueued_at: None, pushed: entry.into(), bytes: None };
    };
    let text: Cow<'_, str> = match (job, text) {
        (Some(job), _) => job.get().into(),
        (None, Some(text)) => text,
        (None, None) => "(bytes that are not a text)".into(),
    };
    let pushed = if enqueued_at.is_some() { entry.into() } else { text.clone() };
    Content { text, enqueued_at: enqueued_at.map(time), pushed, bytes }
}

fn parse(entry: &str) -> Option<Envelope<'_>> {
    let envelope: Envelope<'_> = of_object(entry.as_bytes())?;
    let is_filled = envelope.job.is_some() || envelope.text.is_some() || envelope.bytes.is_some();
    is_filled.then_some(envelope)
}

/// What an object holds. The values of a list would become the fields in their order.
fn of_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    if is_list(json) { None } else { serde_json::from_slice(json).ok() }
}

fn written(envelope: &Envelope<'_>) -> String {
    serde_json::to_string(envelope).expect("the fields of an envelope are always JSON")
}

fn new_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// When a job, or a dead letter, was enqueued.
pub(crate) fn enqueued_at(entry: &[u8]) -> Option<SystemTime> {
    #[derive(Deserialize)]
    struct Timed {
        enqueued_at: u64,
    }
    of_object(entry).map(|Timed { enqueued_at }| time(enqueued_at))
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
        let Content { text, enqueued_at: time, pushed, .. } = unwrap(&entry);
        assert_eq!((&*text, &*pushed), (JOB, &*entry));
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
        for text in [JOB, "not a job", "{\"id\":\"x\"}", "", "[\"id\", 5, {}]", " [7]"] {
            assert_eq!(enqueued_at(text.as_bytes()), None);
            let content = unwrap(text);
            assert_eq!((&*content.text, content.enqueued_at), (text, None));
        }
        assert_eq!(enqueued_at(b"{\"enqueued_at\":18446744073709551615}").map(|_| ()), Some(()));
    }

    #[test]
    fn an_adopted_entry_is_unique_and_keeps_every_byte() {
        for text in [JOB, &format!(" {JOB}\n"), "not a job", "", "\"", "{\"id\":\"x\"}", "null", "\u{0}\u{1}\"\\"] {
            let adopted = adopt(text.as_bytes());
            assert!(adopted.starts_with("{\"id\":\""), "{adopted}");
            assert_ne!(adopted, adopt(text.as_bytes()));
            let content = unwrap(&adopted);
            assert_eq!((&*content.text, &*content.pushed, content.enqueued_at), (text, text, None));
        }
        let bytes = adopt(b"\xff\x00a");
        assert_eq!(unwrap(&bytes).bytes.as_deref(), Some("ff0061"));
    }

    #[test]
    fn the_copy_of_an_envelope_keeps_its_job_and_its_time() {
        let original = wrap(&Job::parse(JOB).expect("the job is valid"));
        let spaced = format!("{{ \"enqueued_at\": 5, \"job\": {JOB}, \"id\": \"theirs\" }}");
        for entry in [&original, &spaced] {
            let adopted = adopt(entry.as_bytes());
            assert_ne!(&adopted, entry);
            let (ours, theirs) = (unwrap(&adopted), unwrap(entry));
            assert_eq!((ours.text, ours.enqueued_at), (theirs.text, theirs.enqueued_at));
        }
    }
}
