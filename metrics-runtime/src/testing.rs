//! What a test's own code records, and nothing else.
//!
//! ```
//! use metrics_runtime::{counted, testing};
//!
//! #[counted(counter = "greetings_total", on = ok)]
//! fn greet(name: &str) -> Result<String, String> {
//!     if name.is_empty() { Err("nobody".to_owned()) } else { Ok(format!("Hello, {name}!")) }
//! }
//!
//! let seen = testing::capture(|| {
//!     let _ = greet("Ada");
//!     let _ = greet("");
//! });
//! assert_eq!(seen.counter("greetings_total", &[]), 1);
//! ```
//!
//! Tests that run at the same time in one process do not see each other's values, whether or not
//! [`init`](crate::init) was called. What a capture has seen does not reach another recorder: a call ends where it has
//! started, also where a capture begins or ends meanwhile.
//!
//! # Async code, and tasks that it spawns
//!
//! [`capture_async`] captures a future, on whatever thread it is polled. A task that the code under test spawns runs
//! outside of it; [`Capture::wrap`] takes it in:
//!
//! ```
//! use metrics_runtime::{counted, testing::Capture};
//!
//! #[counted(counter = "tasks_total")]
//! async fn task() {}
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! let capture = Capture::new();
//! let inner = capture.clone();
//! capture
//!     .wrap(async move {
//!         tokio::spawn(inner.wrap(task())).await.unwrap();
//!     })
//!     .await;
//! assert_eq!(capture.snapshot().counter("tasks_total", &[]), 1);
//! # });
//! ```

mod recorder;
mod snapshot;

use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use crate::mode::{self, Mode};
use recorder::CaptureRecorder;
pub use snapshot::Snapshot;

/// Runs code, and gives what it has recorded.
pub fn capture<T>(run: impl FnOnce() -> T) -> Snapshot {
    let capture = Capture::new();
    // What it returns may be a call that has not ended.
    capture.run(|| drop(run()));
    capture.snapshot()
}

/// Runs a future to its end, and gives what it has recorded.
pub async fn capture_async<F: Future>(future: F) -> Snapshot {
    let capture = Capture::new();
    capture.wrap(async { drop(future.await) }).await;
    capture.snapshot()
}

thread_local! {
    static CAPTURE: Cell<Option<Mode>> = const { Cell::new(None) };
}

/// The capture that has the calling thread's records.
pub(crate) fn capture_of_this_thread() -> Option<Mode> {
    CAPTURE.with(Cell::get)
}

/// Captures what some code records; its clones are the same capture.
#[derive(Clone, Debug)]
pub struct Capture(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    recorder: CaptureRecorder,
    mode: Mode,
}

impl Drop for Inner {
    fn drop(&mut self) {
        mode::capturing(false);
    }
}

impl Default for Capture {
    fn default() -> Self {
        Self::new()
    }
}

impl Capture {
    /// A capture that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        mode::capturing(true);
        let mode = Mode::captured_by(NEXT.fetch_add(1, Ordering::Relaxed));
        Self(Arc::new(Inner { recorder: CaptureRecorder::default(), mode }))
    }

    /// Runs code on this thread; gives what it returns.
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        struct Restore(Option<Mode>);

        impl Drop for Restore {
            fn drop(&mut self) {
                CAPTURE.with(|capture| capture.set(self.0));
            }
        }

        let _restore = Restore(CAPTURE.with(|capture| capture.replace(Some(self.0.mode))));
        metrics::with_local_recorder(&self.0.recorder, run)
    }

    /// Captures a future wherever it is polled, and dropped.
    pub fn wrap<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Wrapped { future: Some(Box::pin(future)), capture: self.clone() }
    }

    /// What it has seen so far.
    pub fn snapshot(&self) -> Snapshot {
        self.0.recorder.snapshot()
    }
}

struct Wrapped<F> {
    /// Boxed, so that it can be dropped inside of the capture: a cancelled call is counted when it is dropped.
    future: Option<Pin<Box<F>>>,
    capture: Capture,
}

impl<F: Future> Future for Wrapped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let capture = self.capture.clone();
        match &mut self.future {
            Some(future) => capture.run(|| future.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Wrapped<F> {
    fn drop(&mut self) {
        let future = self.future.take();
        self.capture.run(|| drop(future));
    }
}

impl<F> fmt::Debug for Wrapped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrapped").field("capture", &self.capture).finish_non_exhaustive()
    }
}
