//! Counts with a declared gauge what is in a block.

use core::fmt;

use super::handles::{Gauge, GaugeSeries, NoLabels};
use crate::record::CountedStretch;

impl GaugeSeries {
    /// Adds one to the gauge, and subtracts it again when the guard is dropped: at the end of the block, also by `?`, `return` or
    /// a panic, or when a future is dropped that holds it.
    ///
    /// Give the guard a name. `let _ = …` drops it at once.
    ///
    /// ```
    /// metrics_runtime::declare_metrics! {
    ///     /// Uploads that are being received.
    ///     gauge UPLOADS = "uploads_in_flight";
    /// }
    ///
    /// fn receive(upload: &[u8]) -> usize {
    ///     let _guard = UPLOADS.enter();
    ///     upload.len()
    /// }
    /// # assert_eq!(receive(b"image"), 5);
    /// ```
    #[inline]
    pub fn enter(self) -> GaugeGuard {
        GaugeGuard { stretch: CountedStretch::begin(self.family, self.slot) }
    }
}

impl<Labels> Gauge<Labels> {
    /// Adds one to the gauge until the guard is dropped. See [`GaugeSeries::enter`].
    #[inline]
    pub fn enter(&self) -> GaugeGuard
    where
        Labels: NoLabels,
    {
        self.series().enter()
    }
}

/// Keeps a gauge one higher until it is dropped. [`GaugeSeries::enter`] makes it. It can be dropped on another thread.
///
/// The gauge is lowered in the recorder in which it was raised. If a recorder is installed in between, the gauge is not lowered
/// there, so that it does not fall below zero.
#[must_use = "a guard that is dropped at once counts nothing: keep it with `let _guard = …`"]
pub struct GaugeGuard {
    stretch: CountedStretch,
}

impl Drop for GaugeGuard {
    #[inline]
    fn drop(&mut self) {
        self.stretch.end();
    }
}

impl fmt::Debug for GaugeGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GaugeGuard")
    }
}
