//! How long the oldest job in flight has been running.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use metrics::gauge;

/// The tenant and the kind of a job.
type Labels = (&'static str, &'static str);

/// When the jobs in flight have started.
static STARTS: Mutex<BTreeMap<Labels, Vec<Instant>>> = Mutex::new(BTreeMap::new());

pub(crate) fn begin(labels: Labels, start: Instant) {
    lock().entry(labels).or_default().push(start);
}

pub(crate) fn end(labels: Labels, start: Instant) {
    let mut starts = lock();
    let starts = starts.entry(labels).or_default();
    if let Some(at) = starts.iter().position(|found| *found == start) {
        starts.swap_remove(at);
    }
    show(labels, starts);
}

/// The exporter has no hook for the moment before a page, so a thread sets the ages all the time.
pub(crate) fn show_always() {
    thread::spawn(|| {
        loop {
            lock().iter().for_each(|(labels, starts)| show(*labels, starts));
            thread::sleep(Duration::from_secs(1));
        }
    });
}

fn show((tenant, kind): Labels, starts: &[Instant]) {
    let age = starts.iter().min().map_or(Duration::ZERO, Instant::elapsed);
    gauge!("jobs_in_flight_oldest_seconds", "tenant" => tenant, "kind" => kind).set(age);
}

fn lock() -> MutexGuard<'static, BTreeMap<Labels, Vec<Instant>>> {
    STARTS.lock().unwrap_or_else(PoisonError::into_inner)
}
