use crate::jobs::{Job, MAX_JOB_BYTES};
use crate::queue::{Content, adopt, enqueued_at, unwrap, wrap};
use crate::report::{MAX_LINE, failure_text};
use crate::texts::assert_is_line;

/// An entry of a list in Redis, or the body of a posted job.
///
/// A job that is taken is within its limits, and the same when it is written and read again, with its envelope and without. The
/// reason against any other text is one short line. An envelope loses no byte of what it is put around.
pub fn job(data: &[u8]) {
    let _ = enqueued_at(data);
    let adopted = adopt(data);
    let ours = unwrap(&adopted);
    assert!(adopted.starts_with("{\"id\":\""), "{adopted}");
    let Ok(text) = str::from_utf8(data) else {
        let digits = ours.bytes.as_deref().unwrap_or_default();
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
        assert_eq!(digits.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>().as_deref(), Some(data));
        return;
    };
    check_adopted(&ours, &unwrap(text));
    match Job::parse(&ours.text) {
        Ok(job) => check_job(&job, &ours.text),
        Err(error) => assert_is_line(&failure_text(&error), MAX_LINE),
    }
}

fn check_adopted(ours: &Content<'_>, theirs: &Content<'_>) {
    assert_eq!(ours.text, theirs.text);
    assert_eq!(ours.enqueued_at, theirs.enqueued_at);
    assert_eq!(ours.bytes, theirs.bytes);
    if theirs.enqueued_at.is_none() {
        assert_eq!(ours.pushed, theirs.pushed);
    }
}

fn check_job(job: &Job, text: &str) {
    assert!(text.len() <= MAX_JOB_BYTES);
    for name in [&job.run_id, &job.job_id] {
        let is_usual = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        assert!((1..=128).contains(&name.len()) && name.chars().all(is_usual) && !name.starts_with('.'), "{name:?}");
    }
    assert!((1..=2000).contains(&job.images()), "{}", job.images());
    assert_is_line(&job.name(), 257);
    let written = job.to_json();
    assert!(written.len() <= text.len() && !written.contains('\n'), "{written}");
    assert_eq!(&Job::parse(&written).expect("it was written by us"), job);
    let entry = wrap(job);
    let content = unwrap(&entry);
    assert_eq!(content.text, written);
    assert!(content.enqueued_at.is_some());
}
