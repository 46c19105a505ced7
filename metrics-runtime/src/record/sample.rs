//! Values on their path to a series.

/// A value to record in a series.
///
/// It is passed in two registers, so that the inline path spills nothing for the slow path. For this, all payloads are
/// integers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample {
    /// A counter goes up by this much.
    Increment(u64),
    /// A counter of seconds goes up by this many nanoseconds, 2^63 at most.
    IncrementNanoseconds(u64),
    /// A counter of other fractions goes up by this many millionths, 2^63 at most.
    IncrementMillionths(u64),
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
