//! Counters of a page, while processes that serve it come and go.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::Response;
use crate::waiting::SAFETY_LIMIT;

/// How often to ask while nobody answers: the end of a process is not an event that this one could wait for.
const PAUSE: Duration = Duration::from_millis(5);

/// What was seen on the pages.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The number of pages.
    pub pages: usize,
    /// The number of series of counters and histograms on them.
    pub series: usize,
}

/// Asks for pages until it is done. No counter on them may go back, whichever process serves them.
///
/// # Panics
///
/// If one goes back, or if it takes too long.
#[must_use]
pub fn watch_counters(url: &str, is_done: &AtomicBool) -> Seen {
    let mut highest: BTreeMap<String, f64> = BTreeMap::new();
    let mut pages = 0;
    let deadline = Instant::now() + SAFETY_LIMIT * 3;
    while !is_done.load(Ordering::Acquire) {
        assert!(Instant::now() < deadline, "it takes too long");
        let Ok(response) = Response::get(url) else {
            thread::sleep(PAUSE);
            continue;
        };
        pages += 1;
        for line in response.body.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.rsplit_once(' ') else { continue };
            let name = series.split('{').next().unwrap_or(series);
            let is_counter = ["_total", "_count", "_bucket", "_sum"].iter().any(|suffix| name.ends_with(suffix));
            // What the system counts of a process is of that process alone.
            if is_counter && !name.starts_with("process_") {
                let value: f64 = value.parse().expect("it is a number");
                let before = highest.insert(series.to_owned(), value);
                assert!(before.is_none_or(|before| before <= value), "{series} was {before:?} and is {value}");
            }
        }
    }
    Seen { pages, series: highest.len() }
}
