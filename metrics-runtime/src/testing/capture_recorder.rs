//! The recorder that keeps the values of a capture.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use super::snapshot::{Series, Snapshot, Value};
use crate::record::{Fraction, fraction_in_hand};

/// All values that were captured so far. Clones share them.
#[derive(Clone, Default)]
pub(super) struct CaptureRecorder(Arc<Mutex<BTreeMap<Series, Value>>>);

impl CaptureRecorder {
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.values().clone())
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<Series, Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, key: &Key) -> Arc<Cell> {
        let mut labels: Vec<(String, String)> =
            key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect();
        labels.sort();
        Arc::new(Cell { recorder: self.clone(), series: Series { name: key.name().to_owned(), labels } })
    }
}

impl fmt::Debug for CaptureRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptureRecorder").finish_non_exhaustive()
    }
}

impl Recorder for CaptureRecorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

/// A facade handle of one series.
struct Cell {
    recorder: CaptureRecorder,
    series: Series,
}

impl Cell {
    /// Changes the value. If the series had another kind before, it starts again from `initial`.
    fn change(&self, initial: Value, change: impl FnOnce(&mut Value)) {
        let mut values = self.recorder.values();
        let value = values.entry(self.series.clone()).or_insert_with(|| initial.clone());
        if std::mem::discriminant(value) != std::mem::discriminant(&initial) {
            *value = initial;
        }
        change(value);
    }
}

impl Cell {
    fn add_fraction(&self, Fraction { steps: by, decimal_places }: Fraction) {
        self.change(Value::Fractions { steps: 0, decimal_places }, |value| {
            if let Value::Fractions { steps, .. } = value {
                *steps = steps.saturating_add(by.into());
            }
        });
    }
}

impl CounterFn for Cell {
    fn increment(&self, by: u64) {
        if let Some(fraction) = fraction_in_hand() {
            return self.add_fraction(fraction);
        }
        if let Some(Value::Fractions { steps, decimal_places }) = self.recorder.values().get_mut(&self.series) {
            // Another crate records in a counter of fractions, by whole units.
            *steps = steps.saturating_add(u128::from(by) * 10_u128.pow(*decimal_places));
            return;
        }
        self.change(Value::Counter(0), |value| {
            if let Value::Counter(count) = value {
                *count = count.wrapping_add(by);
            }
        });
    }

    fn absolute(&self, to: u64) {
        self.change(Value::Counter(0), |value| {
            if let Value::Counter(count) = value {
                *count = (*count).max(to);
            }
        });
    }
}

impl Cell {
    fn change_gauge(&self, change: impl FnOnce(f64) -> f64) {
        self.change(Value::Gauge(0.0), |value| {
            if let Value::Gauge(gauge) = value {
                *gauge = change(*gauge);
            }
        });
    }
}

impl GaugeFn for Cell {
    fn increment(&self, by: f64) {
        self.change_gauge(|gauge| gauge + by);
    }

    fn decrement(&self, by: f64) {
        self.change_gauge(|gauge| gauge - by);
    }

    fn set(&self, to: f64) {
        self.change_gauge(|_| to);
    }
}

impl HistogramFn for Cell {
    fn record(&self, observation: f64) {
        self.change(Value::Histogram(Vec::new()), |value| {
            if let Value::Histogram(observations) = value {
                observations.push(observation);
            }
        });
    }
}
