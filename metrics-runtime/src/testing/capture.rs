//! Captures what some code records.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::capture_recorder::CaptureRecorder;
use super::snapshot::Snapshot;
use crate::record::{begin_capture, end_capture, replace_capture};

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

/// Captures what some code records; its clones are the same capture.
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
    /// A capture that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        begin_capture();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(Inner { recorder: CaptureRecorder::default(), number }))
    }

    /// Runs code on this thread; gives what it returns.
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
