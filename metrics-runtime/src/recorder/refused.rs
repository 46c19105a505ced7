//! What another crate records, and cannot be on the page.

use metrics::{CounterFn, GaugeFn, HistogramFn};

metrics_macros::declare_metrics! {
    crate = crate;

    /// Values of other crates that were refused: the log names each such metric once, and says why.
    counter REFUSED = "metrics_values_refused_total";
}

/// A handle that counts what it refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused;

impl CounterFn for Refused {
    fn increment(&self, _: u64) {
        REFUSED.increment(1);
    }

    fn absolute(&self, _: u64) {
        REFUSED.increment(1);
    }
}

impl GaugeFn for Refused {
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

impl HistogramFn for Refused {
    fn record(&self, _: f64) {
        REFUSED.increment(1);
    }
}
