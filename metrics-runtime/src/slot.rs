//! Where a site keeps the handle of one series.

use std::sync::OnceLock;

/// The facade's handle of one series.
pub(crate) enum Instrument {
    Counter(metrics::Counter),
    Gauge(metrics::Gauge),
    Histogram(metrics::Histogram),
}

impl Instrument {
    /// Adds one to a counter.
    #[inline]
    pub(crate) fn increment(&self, by: u64) {
        if let Self::Counter(counter) = self {
            counter.increment(by);
        }
    }

    /// Adds to a gauge.
    #[inline]
    pub(crate) fn add(&self, delta: f64) {
        if let Self::Gauge(gauge) = self {
            gauge.increment(delta);
        }
    }

    /// Sets a gauge.
    #[inline]
    pub(crate) fn set(&self, value: f64) {
        if let Self::Gauge(gauge) = self {
            gauge.set(value);
        }
    }

    /// Adds an observation to a histogram.
    #[inline]
    pub(crate) fn observe(&self, value: f64) {
        if let Self::Histogram(histogram) = self {
            histogram.record(value);
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
