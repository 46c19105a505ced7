//! The values that declared metrics take.

use core::time::Duration;

use super::unit::Seconds;
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

#[doc(hidden)]
pub trait Sealed {}

macro_rules! numbers {
    ($($type:ident)+) => {
        $(
            impl Sealed for $type {}

            impl Number for $type {
                #[inline]
                #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "the trait's documentation says so")]
                fn to_f64(self) -> f64 {
                    self as f64
                }
            }
        )+
    };
}

numbers! { f32 f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

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
        // Saturates at 292 years.
        Observed::Nanoseconds(i64::try_from(self.as_nanos()).unwrap_or(i64::MAX).cast_unsigned())
    }
}
