//! Waiting for what other threads and processes do.

use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for something that must happen. It is a safety net and tests nothing: it only ends a test that
/// would hang, so a machine that is many times slower must not reach it.
pub const SAFETY_LIMIT: Duration = Duration::from_secs(120);

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer.
///
/// # Panics
///
/// If there is none within [`SAFETY_LIMIT`]; `what` says what was waited for.
pub fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + SAFETY_LIMIT;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {SAFETY_LIMIT:?} for this: {what}");
        thread::sleep(PAUSE);
    }
}
