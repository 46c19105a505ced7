//! Looks gauges up for a page.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::looked_up::{LookedUp, looked_up};
use crate::definition::ReadingFailure;
use crate::record::Mode;
use crate::util::catch_panic;

/// How long a page waits for all gauges together.
const LIMIT: Duration = Duration::from_secs(1);

thread_local! {
    /// Whether this thread looks gauges up. A function that asks for a page would otherwise wait for itself.
    static IS_LOOKING_UP: Cell<bool> = const { Cell::new(false) };
}

/// A gauge by its place, and its value; `None` if its function panicked.
type Found = (usize, Option<f64>);

/// Sets the gauges of [`read_from`](super::GaugeSeries::read_from). It takes a second at most.
pub(crate) fn look_up_gauges() {
    /// One page looks up at a time, or a function would be skipped because another page runs it.
    static ROUND: Mutex<()> = Mutex::new(());
    static ROUNDS: AtomicU64 = AtomicU64::new(0);

    let gauges = looked_up().clone();
    if gauges.is_empty() || IS_LOOKING_UP.get() {
        return;
    }
    let rounds = ROUNDS.load(Ordering::Acquire);
    let _round = ROUND.lock().unwrap_or_else(PoisonError::into_inner);
    // The values that another page has found meanwhile are fresh enough.
    if ROUNDS.load(Ordering::Acquire) == rounds {
        set_all(&gauges);
        ROUNDS.fetch_add(1, Ordering::Release);
    }
}

fn set_all(gauges: &[Arc<LookedUp>]) {
    let begun = Instant::now();
    let mut values: Vec<Result<f64, ReadingFailure>> = vec![Err(ReadingFailure::Timeout); gauges.len()];
    let (found, receiver) = mpsc::channel::<Found>();
    match start(gauges.to_vec(), found) {
        Ok(()) => {
            // It ends when the thread does, and drops its end of the channel.
            while let Ok((at, value)) = receiver.recv_timeout(LIMIT.saturating_sub(begun.elapsed())) {
                values[at] = value.ok_or(ReadingFailure::Panic);
            }
        }
        Err(error) => tracing::warn!(%error, "cannot start the thread that reads gauges: they are NaN on this page"),
    }
    // From here on, the thread stops when a function returns.
    drop(receiver);
    for (gauge, value) in gauges.iter().zip(values) {
        let value = value.unwrap_or_else(|failure| {
            failure.record();
            gauge.log(failure);
            f64::NAN
        });
        // Only our own recorder has pages, whatever the thread that makes this one captures.
        let series = gauge.series;
        series.family.record(Mode::INSTALLED, series.slot, series.sample_of(value));
    }
}

/// Calls the functions on a new thread. One that stays in a function for ever costs no other page: the next has its own thread.
fn start(gauges: Vec<Arc<LookedUp>>, found: Sender<Found>) -> io::Result<()> {
    let run = move || {
        IS_LOOKING_UP.set(true);
        for (at, gauge) in gauges.iter().enumerate() {
            if gauge.is_running.swap(true, Ordering::Acquire) {
                continue;
            }
            let value = catch_panic(|| (gauge.read)());
            gauge.is_running.store(false, Ordering::Release);
            if found.send((at, value)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("metrics-gauges".to_owned()).spawn(run).map(drop)
}

impl LookedUp {
    fn log(&self, failure: ReadingFailure) {
        if self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let problem = match failure {
            ReadingFailure::Panic => "has panicked",
            ReadingFailure::Timeout => "has not returned in time, or stands behind one that has not",
        };
        tracing::error!(
            metric = self.series.family.name,
            "a function given to `read_from` {problem}: the gauge is NaN; later failures of this gauge are not logged"
        );
    }
}
