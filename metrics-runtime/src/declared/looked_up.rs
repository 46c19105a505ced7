//! Gauges whose values are looked up when a page is made.

#[cfg(feature = "exporter")]
use std::sync::atomic::AtomicBool;
#[cfg(feature = "exporter")]
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handles::{Gauge, GaugeSeries, NoLabels};
use super::number::Number;
#[cfg(feature = "exporter")]
use crate::definition::ReadingFailure;

impl GaugeSeries {
    /// Looks the gauge up with this function when a page is made, so that the value is as fresh as the page:
    ///
    /// ```
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// static IDLE: AtomicUsize = AtomicUsize::new(4);
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// Connections of the pool that nobody uses.
    ///     gauge POOL_IDLE = "pool_idle_connections";
    /// }
    ///
    /// POOL_IDLE.read_from(|| IDLE.load(Ordering::Relaxed));
    /// ```
    ///
    /// Call it once, before or after [`init`](crate::init). If it is called again for the same series, the last function counts.
    /// It is kept as long as the program runs.
    ///
    /// The functions of a page run one after the other, on a thread of their own, and have one second together. What is not there
    /// by then is `NaN` on this page, and so is a function that panics; `metrics_reading_failures_total` counts both, by `reason`.
    /// A function that has not returned is not called again before it has. A page that a function itself asks for has the values of
    /// the page before. A value of [`set`](Self::set) lasts until the next page.
    ///
    /// Only the page of [`init`](crate::init) calls it: after [`attach`](crate::attach), in a
    /// [capture](crate::testing::capture) and with metrics off nobody does. Where several processes share their values, the process
    /// that makes the page calls its own function, and the others' values are those of the last page that they made: declare the
    /// gauge with `join = latest`.
    #[cfg_attr(
        not(feature = "exporter"),
        allow(unused_variables, clippy::unused_self, reason = "nothing makes a page")
    )]
    pub fn read_from<N: Number>(self, read: impl Fn() -> N + Send + Sync + 'static) {
        #[cfg(feature = "exporter")]
        {
            ReadingFailure::begin();
            let read = Box::new(move || read().to_f64());
            let gauge = Arc::new(LookedUp { series: self, read, is_running: false.into(), is_logged: false.into() });
            let is_same = |known: &Arc<LookedUp>| {
                core::ptr::eq(known.series.family, self.family) && known.series.slot == self.slot
            };
            let mut all = looked_up();
            let replaced = all.iter().position(is_same).map(|at| all.remove(at));
            all.push(gauge);
            drop(all);
            // Its destructor is the program's, so no lock is held here.
            drop(replaced);
        }
    }
}

impl<Labels> Gauge<Labels> {
    /// Looks the gauge up with this function when a page is made. See [`GaugeSeries::read_from`].
    pub fn read_from<N: Number>(&self, read: impl Fn() -> N + Send + Sync + 'static)
    where
        Labels: NoLabels,
    {
        self.series().read_from(read);
    }
}

/// A gauge that is looked up.
#[cfg(feature = "exporter")]
pub(super) struct LookedUp {
    pub(super) series: GaugeSeries,
    pub(super) read: Box<dyn Fn() -> f64 + Send + Sync>,
    /// Whether the function has been called and has not returned.
    pub(super) is_running: AtomicBool,
    /// Whether a failure of it was logged.
    pub(super) is_logged: AtomicBool,
}

/// The gauges that are looked up, in the order in which the program gave their functions.
#[cfg(feature = "exporter")]
pub(super) fn looked_up() -> MutexGuard<'static, Vec<Arc<LookedUp>>> {
    static LOOKED_UP: Mutex<Vec<Arc<LookedUp>>> = Mutex::new(Vec::new());
    LOOKED_UP.lock().unwrap_or_else(PoisonError::into_inner)
}
