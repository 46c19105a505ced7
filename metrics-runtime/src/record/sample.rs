//! Values on their path to a series.

use crate::definition::FacadeHandle;

/// A value to record in a series.
///
/// It is passed in two registers, so that the inline path spills nothing for the slow path. For this, all payloads are
/// integers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample {
    /// A counter goes up by this much.
    Increment(u64),
    /// A gauge goes up by one.
    Up,
    /// A gauge goes down by one.
    Down,
    /// A gauge changes by this much.
    Add(Bits),
    /// A gauge is set to this value.
    Set(Bits),
    /// A histogram observes a duration.
    Nanoseconds(u64),
    /// A histogram observes a value, in seconds.
    Observation(Bits),
}

/// The bits of a floating-point number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits(u64);

impl Bits {
    #[inline(always)]
    pub(crate) const fn new(value: f64) -> Self {
        Self(value.to_bits())
    }

    #[inline(always)]
    pub(crate) const fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl FacadeHandle {
    /// Records a value in the handle's series.
    pub(crate) fn record(&self, sample: Sample) {
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
