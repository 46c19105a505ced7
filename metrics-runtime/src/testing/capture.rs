//! Captures the values that some code records.

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::capture_recorder::CaptureRecorder;
use super::snapshot::Snapshot;
use crate::record::{begin_capture, end_capture, replace_capture};

/// What some code has returned, and the values that it has recorded, which are asked for directly:
/// `seen.counter("ticks_total", &[])`. It is displayed as the values.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "check the captured values with its methods"]
pub struct Captured<T> {
    /// What the code has returned.
    pub output: T,
    /// The values that it has recorded.
    pub snapshot: Snapshot,
}

impl<T> Deref for Captured<T> {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl<T> fmt::Display for Captured<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot.fmt(f)
    }
}

/// Runs `run`, and returns its output with the values that it has recorded on this thread.
///
/// ```
/// use metrics_runtime::{counted, testing};
///
/// #[counted(counter = "ticks_total")]
/// fn tick() -> u32 {
///     12
/// }
///
/// let seen = testing::capture(tick);
/// assert_eq!(seen.counter("ticks_total", &[]), 1);
/// assert_eq!(seen.output, 12);
/// ```
///
/// A call in the output that has not ended, such as a future, is in flight in the values. Drop it in `run` to see it end.
pub fn capture<T>(run: impl FnOnce() -> T) -> Captured<T> {
    let capture = Capture::new();
    let output = capture.run(run);
    Captured { output, snapshot: capture.snapshot() }
}

/// Runs a future to its end, and returns its output with the values that it has recorded.
///
/// ```
/// use metrics_runtime::{counted, testing};
///
/// #[counted(counter = "drawings_total", on = ok)]
/// async fn draw() -> Result<u32, String> {
///     Ok(12)
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let seen = testing::capture_async(draw()).await;
/// assert_eq!(seen.counter("drawings_total", &[]), 1);
/// assert_eq!(seen.output, Ok(12));
/// # });
/// ```
pub async fn capture_async<F: Future>(future: F) -> Captured<F::Output> {
    let capture = Capture::new();
    let output = capture.wrap(future).await;
    Captured { output, snapshot: capture.snapshot() }
}

/// Captures the values that some code records. Clones share the captured values.
///
/// Use it where [`capture`] and [`capture_async`] are not enough: for code in several places, or for tasks that it spawns.
#[derive(Clone, Debug)]
pub struct Capture(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    recorder: CaptureRecorder,
    number: usize,
}

impl Drop for Inner {
    fn drop(&mut self) {
        end_capture();
    }
}

impl Default for Capture {
    fn default() -> Self {
        Self::new()
    }
}

impl Capture {
    /// A capture without any values yet.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        begin_capture();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(Inner { recorder: CaptureRecorder::default(), number }))
    }

    /// Runs `run`, captures what it records on this thread, and returns its result.
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        struct Restore(Option<usize>);

        impl Drop for Restore {
            fn drop(&mut self) {
                replace_capture(self.0);
            }
        }

        let _restore = Restore(replace_capture(Some(self.0.number)));
        metrics::with_local_recorder(&self.0.recorder, run)
    }

    /// Captures what a future records, on each thread that polls or drops it.
    pub fn wrap<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        CapturedFuture { future: Some(Box::pin(future)), capture: self.clone() }
    }

    /// The values that were captured so far.
    pub fn snapshot(&self) -> Snapshot {
        self.0.recorder.snapshot()
    }
}

struct CapturedFuture<F> {
    /// Boxed, so that it can be dropped inside the capture: a cancelled call is counted when its future is dropped.
    future: Option<Pin<Box<F>>>,
    capture: Capture,
}

impl<F: Future> Future for CapturedFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let capture = self.capture.clone();
        match &mut self.future {
            Some(future) => capture.run(|| future.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for CapturedFuture<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        self.capture.run(|| drop(future));
    }
}

impl<F> fmt::Debug for CapturedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CapturedFuture").field("capture", &self.capture).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "exporter"))]
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod tests {
    use metrics_macros::{counted, in_flight, timed};

    use super::capture;
    use crate::builder;
    use crate::record::{Mode, current_mode, set_slow_clock_mode};

    #[timed(crate = crate, histogram = "mode_seconds")]
    #[counted(crate = crate, counter = "mode_total", on = ok)]
    #[in_flight(crate = crate, gauge = "mode_active")]
    fn work(fails: bool) -> Result<(), ()> {
        if fails { Err(()) } else { Ok(()) }
    }

    // Most machines can read their clock inline; this tests the code for the others.
    #[test]
    fn init_and_capture_work_with_a_clock_that_cannot_be_read_inline() {
        let handle = builder().no_listener().init().expect("the settings are valid");
        let _ = work(false);
        set_slow_clock_mode();
        assert_eq!(current_mode(), Mode::INSTALLED_SLOW_CLOCK);
        let _ = (work(false), work(true));
        let seen = capture(|| {
            let _ = work(false);
        });
        assert_eq!(seen.counter("mode_total", &[]), 1);
        assert_eq!(current_mode(), Mode::INSTALLED_SLOW_CLOCK);
        let page = handle.render();
        for line in ["mode_seconds_count 3", "mode_total 2", "mode_active 0"] {
            assert!(page.contains(&format!("\n{line}\n")), "{line} is not on\n{page}");
        }
    }
}
