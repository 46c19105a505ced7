//! Records through a handle of an attached recorder. Such a recorder may drop a series, for instance one that is idle. The
//! handle then leads nowhere, and nothing tells so. So the recorder is asked again from time to time.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use super::clock;
use super::sample::Sample;
use crate::definition::{FacadeHandle, KeptHandle, Registration};

/// A handle is kept for this long. It is shorter than any time after which a series would be called idle, and long enough
/// that a busy series seldom asks.
const KEPT_FOR: u64 = 100_000_000;
/// Sums of fractions that should be zero are smaller.
const ROUNDING: f64 = 1e-9;

impl KeptHandle {
    /// `rest` is what is left of a counter of fractions: less than one unit.
    pub(super) fn of(handle: FacadeHandle, rest: u64) -> Self {
        Self {
            handle: handle.into(),
            asked_at: clock::now().into(),
            level: AtomicU64::new(0),
            rest: AtomicU64::new(rest),
        }
    }

    /// Records a value. `register` asks the recorder for the handle again.
    pub(crate) fn record(&self, sample: Sample, register: impl FnOnce() -> Registration<FacadeHandle>) {
        let is_old = clock::nanoseconds_since(self.asked_at.load(Ordering::Relaxed)) > KEPT_FOR;
        if is_old && self.can_begin_anew(sample) {
            // The recorder is asked without a lock, because it may record metrics of its own.
            let registration = register();
            let mut kept = self.handle.write().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have raised the gauge meanwhile, through the old handle.
            if self.can_begin_anew(sample) {
                if let Registration::Handle(handle) = registration {
                    *kept = handle;
                }
                self.asked_at.store(clock::now(), Ordering::Relaxed);
            }
        }
        let handle = {
            let kept = self.handle.read().unwrap_or_else(PoisonError::into_inner);
            self.follow(sample);
            kept.clone()
        };
        handle.record(sample, |fraction| fraction.units_with(&self.rest));
    }

    /// Whether the value that comes is right in a new series, which begins at zero. A gauge that was raised in the old series
    /// and is lowered in a new one would be wrong, so it waits until it is at zero again, or is set.
    fn can_begin_anew(&self, sample: Sample) -> bool {
        let level = f64::from_bits(self.level.load(Ordering::Relaxed));
        matches!(sample, Sample::Set(_)) || level.abs() < ROUNDING
    }

    /// Follows the level of a gauge. For other kinds it stays at zero.
    fn follow(&self, sample: Sample) {
        let next = |level: f64| match sample {
            Sample::Up => Some(level + 1.0),
            // A call that started before `attach` raised the gauge through the facade.
            Sample::Down => Some((level - 1.0).max(0.0)),
            Sample::Add(delta) => Some(level + delta.value()),
            Sample::Set(value) => Some(value.value()),
            Sample::Increment(_)
            | Sample::IncrementNanoseconds(_)
            | Sample::IncrementMillionths(_)
            | Sample::Nanoseconds(_)
            | Sample::Observation(_) => None,
        };
        let next = |level| next(f64::from_bits(level)).map(f64::to_bits);
        let _ = self.level.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    }
}
