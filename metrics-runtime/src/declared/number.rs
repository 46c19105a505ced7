//! The values that declared metrics take.

use core::time::Duration;

use super::unit::{Plain, Seconds, Whole};
use crate::record::{Bits, Sample};

/// A number: all integers up to 64 bits, `f32` and `f64`. Metrics keep `f64`, so an integer above 2^53 is rounded.
///
/// Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that a metric takes",
    label = "give an integer, an `f32` or an `f64`"
)]
pub trait Number: Sealed {
    #[doc(hidden)]
    fn to_f64(self) -> f64;

    /// The nearest number of steps, of which so many make one. What a counter cannot go up by is zero: a negative number, NaN and
    /// infinity.
    #[doc(hidden)]
    fn to_steps(self, steps_of_one: u32) -> u64;
}

/// What a histogram of the unit `U` observes: a [`Number`] of that unit; in a histogram of seconds also a [`Duration`]. Of an
/// `Option` it observes what is in it, and nothing if it is `None`.
///
/// Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be observed by this histogram",
    label = "give a number of its unit",
    note = "a `Duration` can be observed by a histogram of seconds, whose name ends in `_seconds`"
)]
pub trait Observation<U>: Sealed {
    #[doc(hidden)]
    fn observed(self) -> Observed;
}

/// An observed value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Observed {
    /// In the unit of the histogram.
    Value(f64),
    /// A duration.
    Nanoseconds(u64),
    /// There is no value.
    Nothing,
}

impl Observed {
    /// What it records in a histogram.
    #[inline]
    pub(super) fn sample(self) -> Option<Sample> {
        match self {
            Self::Value(value) => Some(Sample::Observation(Bits::new(value))),
            Self::Nanoseconds(nanoseconds) => Some(Sample::Nanoseconds(nanoseconds)),
            Self::Nothing => None,
        }
    }
}

/// What a counter of the unit `U` goes up by: a `u64`; in a counter of seconds any [`Number`] or a [`Duration`], and in a
/// counter that is declared `fractional` any [`Number`].
///
/// Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added to this counter",
    label = "give a `u64`; a counter of seconds or of fractions takes any number",
    note = "a counter counts in whole numbers, unless its name ends in `_seconds_total` or its declaration says `fractional`",
    note = "a `Duration` can be added to a counter whose name ends in `_seconds_total`"
)]
pub trait Increment<U>: Sealed {
    #[doc(hidden)]
    fn incremented(self) -> Incremented;
}

/// What a counter goes up by.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Incremented {
    /// A whole number.
    Whole(u64),
    /// A time.
    Nanoseconds(u64),
    /// A number with fractions.
    Millionths(u64),
}

impl Incremented {
    /// What it records in a counter.
    #[inline]
    pub(super) fn sample(self) -> Sample {
        match self {
            Self::Whole(by) => Sample::Increment(by),
            Self::Nanoseconds(by) => Sample::IncrementNanoseconds(by),
            Self::Millionths(by) => Sample::IncrementMillionths(by),
        }
    }
}

/// The most that a counter of fractions goes up by at once, in steps. More would be too much for the storage.
const MAX_STEPS: u64 = i64::MAX.cast_unsigned();
const NANOSECONDS: u32 = 1_000_000_000;
const MILLIONTHS: u32 = 1_000_000;

#[doc(hidden)]
pub trait Sealed {}

macro_rules! numbers {
    ($steps:ident: $($type:ident)+) => {
        $(
            impl Sealed for $type {}

            impl Number for $type {
                #[inline]
                #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "the trait's documentation says so")]
                fn to_f64(self) -> f64 {
                    self as f64
                }

                #[inline]
                #[allow(clippy::cast_lossless, reason = "not all of these types have `From`")]
                fn to_steps(self, steps_of_one: u32) -> u64 {
                    $steps(self as _, steps_of_one)
                }
            }
        )+
    };
}

numbers! { steps_of_float: f32 f64 }
numbers! { steps_of_integer: i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates at both ends")]
fn steps_of_float(value: f64, steps_of_one: u32) -> u64 {
    if value.is_finite() { ((value * f64::from(steps_of_one)).round() as u64).min(MAX_STEPS) } else { 0 }
}

#[inline]
fn steps_of_integer(value: i128, steps_of_one: u32) -> u64 {
    u64::try_from(value.max(0) * i128::from(steps_of_one)).unwrap_or(MAX_STEPS).min(MAX_STEPS)
}

impl<T: Number, U> Observation<U> for T {
    #[inline]
    fn observed(self) -> Observed {
        Observed::Value(self.to_f64())
    }
}

impl<T: Sealed> Sealed for Option<T> {}

impl<T: Observation<U>, U> Observation<U> for Option<T> {
    #[inline]
    fn observed(self) -> Observed {
        self.map_or(Observed::Nothing, Observation::observed)
    }
}

impl Sealed for Duration {}

impl Observation<Seconds> for Duration {
    #[inline]
    fn observed(self) -> Observed {
        Observed::Nanoseconds(nanoseconds(self))
    }
}

/// It saturates at 292 years.
#[inline]
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(MAX_STEPS).min(MAX_STEPS)
}

impl Increment<Whole> for u64 {
    #[inline]
    fn incremented(self) -> Incremented {
        Incremented::Whole(self)
    }
}

impl<T: Number> Increment<Seconds> for T {
    #[inline]
    fn incremented(self) -> Incremented {
        Incremented::Nanoseconds(self.to_steps(NANOSECONDS))
    }
}

impl Increment<Seconds> for Duration {
    #[inline]
    fn incremented(self) -> Incremented {
        Incremented::Nanoseconds(nanoseconds(self))
    }
}

impl<T: Number> Increment<Plain> for T {
    #[inline]
    fn incremented(self) -> Incremented {
        Incremented::Millionths(self.to_steps(MILLIONTHS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_becomes_the_nearest_number_of_steps() {
        assert_eq!(
            [0.25, 0.1, 1e-10, 5e-10, 4_503_600.627_370_497, -0.5, f64::NAN, f64::INFINITY, 1e300]
                .map(|value| value.to_steps(NANOSECONDS)),
            [250_000_000, 100_000_000, 0, 1, 4_503_600_627_370_497, 0, 0, 0, MAX_STEPS]
        );
        assert_eq!([3, -3, i32::MAX].map(|value| value.to_steps(MILLIONTHS)), [3_000_000, 0, 2_147_483_647_000_000]);
        // A `f64` would round it.
        assert_eq!(9_007_199_253_u64.to_steps(NANOSECONDS), 9_007_199_253_000_000_000);
        assert_eq!([u64::MAX, 9_223_372_037].map(|value| value.to_steps(NANOSECONDS)), [MAX_STEPS; 2]);
    }
}
