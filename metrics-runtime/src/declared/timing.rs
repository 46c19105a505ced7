//! Times blocks, closures and futures with a declared histogram of seconds.

use core::fmt;
use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use super::handles::{Histogram, HistogramSeries, NoLabels};
use super::unit::TakesTime;
use crate::definition::Family;
use crate::record::TimedStretch;

impl<Unit> HistogramSeries<Unit> {
    /// Runs `run`, observes how long it took, and gives its value. If it panics, the time until then is observed too.
    ///
    /// ```
    /// use metrics_runtime::Label;
    ///
    /// #[derive(Clone, Copy, Label)]
    /// enum Codec {
    ///     Png,
    ///     Jpeg,
    /// }
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// How long it took to decode an image.
    ///     histogram DECODE = "decode_seconds", labels(codec: Codec), buckets(0.01, 0.1, 1);
    /// }
    ///
    /// let pixels = DECODE.with(Codec::Png).time(|| 640 * 480);
    /// assert_eq!(pixels, 307_200);
    /// ```
    #[inline]
    pub fn time<T>(self, run: impl FnOnce() -> T) -> T
    where
        Unit: TakesTime,
    {
        let _timer = self.start();
        run()
    }

    /// Measures a future: from its first poll until it is ready, or is dropped because nobody waits for it any more, or panics.
    /// A future that is never polled is not observed.
    ///
    /// ```
    /// metrics_runtime::declare_metrics! {
    ///     /// How long it took to fetch an image.
    ///     histogram FETCH = "fetch_seconds", buckets(0.1, 1, 10);
    /// }
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # runtime.block_on(async {
    /// let image = FETCH.measure(async { b"image" }).await;
    /// assert_eq!(image, b"image");
    /// # });
    /// ```
    #[inline]
    pub fn measure<F: Future>(self, future: F) -> TimedFuture<F>
    where
        Unit: TakesTime,
    {
        TimedFuture { future, progress: Progress::Unpolled { family: self.family, slot: self.slot } }
    }

    /// Starts a timer, which observes the time when it is dropped: at the end of the block, also by `?`, `return` or a panic.
    ///
    /// Give the timer a name. `let _ = …` drops it at once.
    ///
    /// ```
    /// metrics_runtime::declare_metrics! {
    ///     /// How long it took to read a number.
    ///     histogram READ = "read_seconds", buckets(0.001, 0.01);
    /// }
    ///
    /// fn read(text: &str) -> Result<u32, std::num::ParseIntError> {
    ///     let _timer = READ.start();
    ///     let number: u32 = text.parse()?;
    ///     Ok(number + 1)
    /// }
    /// # assert_eq!(read("1"), Ok(2));
    /// ```
    #[inline]
    pub fn start(self) -> Timer
    where
        Unit: TakesTime,
    {
        Timer { stretch: TimedStretch::begin(self.family, self.slot) }
    }
}

impl<Labels, Unit> Histogram<Labels, Unit> {
    /// Runs `run`, observes how long it took, and gives its value. See [`HistogramSeries::time`].
    #[inline]
    pub fn time<T>(&self, run: impl FnOnce() -> T) -> T
    where
        Labels: NoLabels,
        Unit: TakesTime,
    {
        self.series().time(run)
    }

    /// Measures a future from its first poll to its end. See [`HistogramSeries::measure`].
    #[inline]
    pub fn measure<F: Future>(&self, future: F) -> TimedFuture<F>
    where
        Labels: NoLabels,
        Unit: TakesTime,
    {
        self.series().measure(future)
    }

    /// Starts a timer, which observes the time when it is dropped. See [`HistogramSeries::start`].
    #[inline]
    pub fn start(&self) -> Timer
    where
        Labels: NoLabels,
        Unit: TakesTime,
    {
        self.series().start()
    }
}

/// A timer that runs. When it is dropped, its histogram observes the time since its start.
///
/// [`HistogramSeries::start`] makes it. It can be dropped on another thread.
#[must_use = "a timer that is dropped at once observes nothing useful: keep it with `let _timer = …`"]
pub struct Timer {
    stretch: TimedStretch,
}

impl Timer {
    /// Observes the time now, and returns it. It is zero if metrics are off (`ENABLE_METRICS=false`), because then no clock is read.
    #[allow(clippy::must_use_candidate, reason = "the time is observed all the same")]
    pub fn stop(self) -> Duration {
        ManuallyDrop::new(self).stretch.end()
    }

    /// Ends the timer without observing anything.
    pub fn discard(self) {
        ManuallyDrop::new(self).stretch.discard();
    }
}

impl Drop for Timer {
    #[inline]
    fn drop(&mut self) {
        self.stretch.end();
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timer")
    }
}

/// How far a measured future is.
#[derive(Debug)]
enum Progress {
    Unpolled { family: &'static Family, slot: u32 },
    Running(#[allow(dead_code, reason = "its destructor observes the time")] Timer),
    Ended,
}

pin_project_lite::pin_project! {
    /// A future whose time a histogram observes. [`HistogramSeries::measure`] makes it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TimedFuture<F> {
        // This field comes first, so the future is dropped first: its destructors are part of its time.
        #[pin]
        future: F,
        progress: Progress,
    }
}

impl<F: Future> Future for TimedFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Progress::Unpolled { family, slot } = *this.progress {
            *this.progress = Progress::Running(Timer { stretch: TimedStretch::begin(family, slot) });
        }
        let output = ready!(this.future.poll(context));
        *this.progress = Progress::Ended;
        Poll::Ready(output)
    }
}
