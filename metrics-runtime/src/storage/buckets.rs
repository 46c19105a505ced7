//! The buckets of a histogram, in steps: its sum is a whole number of steps, and of them a power of ten makes one of its unit. In a
//! histogram of seconds a step is a nanosecond.

use super::sum_words::MAX_TO_SUM;

/// How many steps make one of the unit: a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    decimal_places: u32,
}

impl Scale {
    pub(crate) const fn of_decimal_places(decimal_places: u32) -> Self {
        Self { decimal_places }
    }

    pub(crate) const fn decimal_places(self) -> u32 {
        self.decimal_places
    }

    /// To the nearest step. A negative value, such as the difference of two clocks, counts as zero, because the sum of a histogram
    /// is a counter. It saturates at 9.2 * 10^18 steps, which are 292 years of nanoseconds.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates at both ends")]
    pub(crate) fn steps_of(self, value: f64) -> u64 {
        // `round` is a call on processors without an instruction for it.
        ((value * self.steps_of_one() + 0.5) as u64).min(MAX_TO_SUM)
    }

    #[inline]
    fn steps_of_one(self) -> f64 {
        match self.decimal_places {
            // The usual one, without a call.
            9 => 1e9,
            places => f64::powi(10.0, places.cast_signed()),
        }
    }
}

/// The upper bounds of a histogram's buckets in steps, without `+Inf`, and how many steps make one of its unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buckets {
    bounds: &'static [u64],
    scale: Scale,
}

impl Buckets {
    /// The buckets of a metric, for its cells. They are made once and live as long as the program.
    pub(crate) fn leaked(bounds: &[f64], scale: Scale) -> Self {
        Self { bounds: Vec::leak(bounds.iter().map(|bound| scale.steps_of(*bound)).collect()), scale }
    }

    pub(crate) const fn bounds(self) -> &'static [u64] {
        self.bounds
    }

    pub(crate) const fn scale(self) -> Scale {
        self.scale
    }

    /// The bucket that a value in steps falls into.
    pub(crate) fn bucket_of(self, steps: u64) -> usize {
        // Most metrics have a bucket or two that most values fall into, and the processor learns which.
        self.bounds.iter().position(|bound| steps <= *bound).unwrap_or(self.bounds.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_becomes_the_nearest_number_of_steps() {
        let [bytes, numbers, seconds] = [0, 6, 9].map(Scale::of_decimal_places);
        assert_eq!(
            [0.4, 0.5, 1e15, -3.0, f64::NAN, 1e30].map(|value| bytes.steps_of(value)),
            [0, 1, 1_000_000_000_000_000, 0, 0, MAX_TO_SUM]
        );
        assert_eq!([12.0, 0.000_000_6].map(|value| numbers.steps_of(value)), [12_000_000, 1]);
        assert_eq!([0.1, 1.5].map(|value| seconds.steps_of(value)), [100_000_000, 1_500_000_000]);
    }
}
