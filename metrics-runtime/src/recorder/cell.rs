//! The cells of the catalog's series as handles of the `metrics` facade, for other crates that record in these series.

use metrics::{CounterFn, GaugeFn, HistogramFn};

use crate::storage::{CounterCell, GaugeCell, HistogramCell};

/// The values of one series, by the kind of its metric.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Counter(CounterCell),
    Gauge(GaugeCell),
    Histogram(HistogramCell),
}

impl CounterFn for CounterCell {
    fn increment(&self, value: u64) {
        Self::increment(*self, value);
    }

    fn absolute(&self, value: u64) {
        self.raise_to(value);
    }
}

impl GaugeFn for GaugeCell {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        Self::set(*self, value);
    }
}

impl HistogramFn for HistogramCell {
    fn record(&self, value: f64) {
        self.observe(value);
    }
}
