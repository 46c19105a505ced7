//! The handle of a metric of another crate that cannot be on the page.

use metrics::{CounterFn, GaugeFn, HistogramFn};

metrics_macros::declare_metrics! {
    crate = crate;

    /// Values of other crates that were refused: the log names each such metric once, and says why.
    counter REFUSED = "metrics_values_refused_total";
}

/// A facade handle that only counts the values that it gets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RejectedHandle;

impl CounterFn for RejectedHandle {
    fn increment(&self, _: u64) {
        REFUSED.increment(1);
    }

    fn absolute(&self, _: u64) {
        REFUSED.increment(1);
    }
}

impl GaugeFn for RejectedHandle {
    fn increment(&self, _: f64) {
        REFUSED.increment(1);
    }

    fn decrement(&self, _: f64) {
        REFUSED.increment(1);
    }

    fn set(&self, _: f64) {
        REFUSED.increment(1);
    }
}

impl HistogramFn for RejectedHandle {
    fn record(&self, _: f64) {
        REFUSED.increment(1);
    }
}
