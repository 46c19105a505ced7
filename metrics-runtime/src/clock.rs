//! The clock of timed calls.

use std::sync::OnceLock;

/// The time stamp counter where the processor has a steady one, the operating system's monotonic clock elsewhere.
/// Its first use takes the time of a calibration (up to 200 ms), which `init` pays before the program's calls do.
#[inline]
fn clock() -> &'static quanta::Clock {
    static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
    CLOCK.get_or_init(quanta::Clock::new)
}

/// A point in time, in the clock's own unit.
#[inline]
pub(crate) fn now() -> u64 {
    clock().raw()
}

/// The time since `start`. It is zero, never negative, where two processors' counters disagree.
#[inline]
pub(crate) fn nanoseconds_since(start: u64) -> u64 {
    let clock = clock();
    clock.delta_as_nanos(start, clock.raw())
}
