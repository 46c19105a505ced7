//! Records values through a handle of the `metrics` facade.

use super::fraction::Fraction;
use super::sample::Sample;
use crate::definition::FacadeHandle;

impl FacadeHandle {
    /// Records a value in the handle's series. `units` are the whole units that a counter of fractions goes up by.
    pub(super) fn record(&self, sample: Sample, units: impl FnOnce(Fraction) -> u64) {
        if let (Self::Counter(counter), Some(fraction)) = (self, sample.fraction()) {
            fraction.hand_over(counter, units(fraction));
            return;
        }
        match (self, sample) {
            (Self::Counter(counter), Sample::Increment(by)) => counter.increment(by),
            (Self::Gauge(gauge), Sample::Up) => gauge.increment(1.0),
            (Self::Gauge(gauge), Sample::Down) => gauge.decrement(1.0),
            (Self::Gauge(gauge), Sample::Add(delta)) => gauge.increment(delta.value()),
            (Self::Gauge(gauge), Sample::Set(value)) => gauge.set(value.value()),
            #[allow(clippy::cast_precision_loss, reason = "2^53 ns are 104 days; longer calls lose nanoseconds")]
            (Self::Histogram(histogram), Sample::Nanoseconds(nanoseconds)) => {
                histogram.record(nanoseconds as f64 * 1e-9);
            }
            // The same rules as in our own recorder, so that a test sees what the page will show.
            (Self::Histogram(histogram), Sample::Observation(value)) if value.value().is_finite() => {
                histogram.record(value.value().max(0.0));
            }
            // The compiler has checked the kinds of sites and of declared metrics.
            _ => {}
        }
    }
}
