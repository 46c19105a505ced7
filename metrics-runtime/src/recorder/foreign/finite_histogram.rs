//! The handle of another crate's histogram, which leaves out values that would spoil its sum.

use std::sync::Arc;

use metrics::{Histogram, HistogramFn, KeyName};

use super::rejected::RejectedHandle;
use super::rejection::{Rejection, RejectionLog};

/// Larger values are left out. With this limit, not even 2^64 values add up to infinity.
const LARGEST: f64 = 1e288;

/// A histogram that records only finite values. The others are counted and logged, as a metric that is rejected.
#[derive(Debug)]
pub(crate) struct FiniteHistogram {
    exporter: Histogram,
    name: KeyName,
    rejections: Arc<RejectionLog>,
}

impl FiniteHistogram {
    pub(crate) fn new(exporter: Histogram, name: KeyName, rejections: &Arc<RejectionLog>) -> Self {
        Self { exporter, name, rejections: Arc::clone(rejections) }
    }
}

impl HistogramFn for FiniteHistogram {
    fn record(&self, value: f64) {
        // The comparison is false for NaN.
        if value.abs() <= LARGEST {
            self.exporter.record(value);
        } else {
            RejectedHandle.record(value);
            self.rejections.log(self.name.as_str(), &Rejection::NotFinite);
        }
    }
}
