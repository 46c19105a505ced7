//! Where a site keeps the handle of one series.

use std::sync::OnceLock;

#[cfg(feature = "exporter")]
use metrics::{CounterFn, GaugeFn, HistogramFn};

#[cfg(feature = "exporter")]
use crate::recorder::{CounterCell, GaugeCell, HistogramCell};

/// The way to one series: a handle of the facade's, or where our own recorder keeps it.
pub(crate) enum Instrument {
    Counter(metrics::Counter),
    Gauge(metrics::Gauge),
    Histogram(metrics::Histogram),
    #[cfg(feature = "exporter")]
    KeptCounter(CounterCell),
    #[cfg(feature = "exporter")]
    KeptGauge(GaugeCell),
    #[cfg(feature = "exporter")]
    KeptHistogram(HistogramCell),
}

// Our own recorder's way is in line; a facade handle's is a call.
impl Instrument {
    /// Adds to a counter.
    #[inline(always)]
    pub(crate) fn increment(&self, by: u64) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptCounter(counter) => counter.increment(by),
            other => other.increment_handle(by),
        }
    }

    #[inline(never)]
    fn increment_handle(&self, by: u64) {
        if let Self::Counter(counter) = self {
            counter.increment(by);
        }
    }

    /// Adds to a gauge.
    pub(crate) fn add(&self, delta: f64) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptGauge(gauge) => gauge.increment(delta),
            Self::Gauge(gauge) => gauge.increment(delta),
            _ => {}
        }
    }

    /// Adds one to a gauge, or takes one from it.
    #[inline(always)]
    pub(crate) fn step(&self, up: bool) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptGauge(gauge) => gauge.step(up),
            other => other.step_handle(up),
        }
    }

    #[inline(never)]
    fn step_handle(&self, up: bool) {
        if let Self::Gauge(gauge) = self {
            if up { gauge.increment(1.0) } else { gauge.decrement(1.0) }
        }
    }

    /// Sets a gauge.
    pub(crate) fn set(&self, value: f64) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptGauge(gauge) => gauge.set(value),
            Self::Gauge(gauge) => gauge.set(value),
            _ => {}
        }
    }

    /// Adds an observation to a histogram, in seconds.
    pub(crate) fn observe(&self, seconds: f64) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptHistogram(histogram) => histogram.record(seconds),
            Self::Histogram(histogram) => histogram.record(seconds),
            _ => {}
        }
    }

    /// Adds a duration to a histogram.
    #[inline(always)]
    pub(crate) fn observe_nanoseconds(&self, nanoseconds: u64) {
        match self {
            #[cfg(feature = "exporter")]
            Self::KeptHistogram(histogram) => histogram.record_nanoseconds(nanoseconds.cast_signed()),
            other => other.observe_nanoseconds_by_handle(nanoseconds),
        }
    }

    #[inline(never)]
    fn observe_nanoseconds_by_handle(&self, nanoseconds: u64) {
        if let Self::Histogram(histogram) = self {
            #[allow(clippy::cast_precision_loss, reason = "2^53 ns are 104 days; longer calls lose nanoseconds")]
            histogram.record(nanoseconds as f64 * 1e-9);
        }
    }
}

/// The place of one series' handle: empty until our recorder is installed, so that a call that comes too early does
/// not bind it to a recorder that keeps nothing.
#[derive(Default)]
pub struct Slot(OnceLock<Instrument>);

impl Slot {
    /// A slot without a handle.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&Instrument> {
        self.0.get()
    }

    pub(crate) fn get_or_try_fill(&self, instrument: impl FnOnce() -> Option<Instrument>) -> Option<&Instrument> {
        if self.0.get().is_none() {
            // Should another thread be first, its handle is of the same series.
            let _ = self.0.set(instrument()?);
        }
        self.0.get()
    }
}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.0.get().is_some() { "Slot(filled)" } else { "Slot(empty)" })
    }
}
