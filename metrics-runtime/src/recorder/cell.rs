//! The cells of the catalog's series as handles of the `metrics` facade, for other crates that record in these series.

use metrics::{CounterFn, GaugeFn, HistogramFn};

use crate::storage::{CounterCell, GaugeCell, HistogramCell, SumCell};

/// The values of one series, by the kind of its metric.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Counter(CountingCell),
    Gauge(GaugeCell),
    Histogram(HistogramCell),
}

/// A counter. Other crates add whole numbers to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CountingCell {
    /// Of whole numbers.
    Whole(CounterCell),
    /// Of fractions, of which so many steps make one.
    Fractional(SumCell, u64),
}

impl CounterFn for CountingCell {
    fn increment(&self, value: u64) {
        match self {
            Self::Whole(cell) => cell.increment(value),
            Self::Fractional(cell, steps) => cell.add(u128::from(value) * u128::from(*steps)),
        }
    }

    fn absolute(&self, value: u64) {
        match self {
            Self::Whole(cell) => cell.raise_to(value),
            Self::Fractional(cell, steps) => cell.raise_to(u128::from(value) * u128::from(*steps)),
        }
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
