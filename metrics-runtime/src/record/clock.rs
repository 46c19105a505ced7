//! The clock of timed calls.

use std::sync::OnceLock;

/// The processor's time stamp counter if it runs at a constant rate, else the operating system's monotonic clock.
/// The first use calibrates it, which takes up to 200 ms. `init` does this before the program's first call.
fn clock() -> &'static quanta::Clock {
    static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
    CLOCK.get_or_init(|| {
        let clock = quanta::Clock::new();
        #[cfg(target_arch = "x86_64")]
        counter::calibrate(&clock);
        clock
    })
}

/// The present time, in the clock's own unit.
pub(crate) fn now() -> u64 {
    clock().raw()
}

/// The nanoseconds since `start`. If the counters of two processors disagree, the time is zero, never negative.
pub(crate) fn nanoseconds_since(start: u64) -> u64 {
    let clock = clock();
    clock.delta_as_nanos(start, clock.raw())
}

/// The nanoseconds since the first call of this function.
#[cfg(feature = "exporter")]
pub(crate) fn nanoseconds() -> u64 {
    static BEGIN: OnceLock<u64> = OnceLock::new();
    nanoseconds_since(*BEGIN.get_or_init(now))
}

/// The time that is so many nanoseconds after another one.
#[cfg(feature = "exemplars")]
pub(super) fn later(time: u64, nanoseconds: u64) -> u64 {
    let steps = u64::from(u32::MAX);
    let nanoseconds_of_steps = clock().delta_as_nanos(0, steps).max(1);
    let later = u128::from(nanoseconds) * u128::from(steps) / u128::from(nanoseconds_of_steps);
    time.saturating_add(u64::try_from(later).unwrap_or(u64::MAX))
}

/// Whether [`now_inline`] and [`nanoseconds_since_inline`] can be used. The first call prepares them.
pub(crate) fn is_inline() -> bool {
    clock();
    #[cfg(target_arch = "x86_64")]
    return counter::is_calibrated();
    #[cfg(not(target_arch = "x86_64"))]
    return true;
}

/// Like [`now`], for the hot path.
#[inline(always)]
pub(crate) fn now_inline() -> u64 {
    #[cfg(target_arch = "x86_64")]
    return counter::now();
    #[cfg(not(target_arch = "x86_64"))]
    return now();
}

/// Like [`nanoseconds_since`], for the hot path.
#[inline(always)]
pub(crate) fn nanoseconds_since_inline(start: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    return counter::nanoseconds(counter::now().saturating_sub(start));
    #[cfg(not(target_arch = "x86_64"))]
    return nanoseconds_since(start);
}

/// Reads the time stamp counter inline. The clock's own function is not inlined: the call makes a reading cost half as much
/// again.
#[cfg(target_arch = "x86_64")]
mod counter {
    use std::sync::atomic::Ordering;

    use crate::record::read_by_calls::READ_BY_CALLS;

    /// The clock is asked for the nanoseconds of 2^32 steps.
    const STEPS_BITS: u32 = 32;

    pub(super) fn is_calibrated() -> bool {
        READ_BY_CALLS.nanoseconds_of_steps.load(Ordering::Relaxed) > 0
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "it wraps around after 584 years")]
    pub(super) fn nanoseconds(steps: u64) -> u64 {
        // This is the upper half of one multiplication, without a shift.
        let scale = READ_BY_CALLS.nanoseconds_of_steps.load(Ordering::Relaxed);
        ((u128::from(steps) * u128::from(scale)) >> u64::BITS) as u64
    }

    #[inline(always)]
    #[expect(unsafe_code, reason = "the counter is read by an instruction")]
    pub(super) fn now() -> u64 {
        // SAFETY: every x86-64 processor has the instruction. A system that forbids it forbids it to the clock as well.
        unsafe { core::arch::x86_64::_rdtsc() }
    }

    /// Copies the scale of a clock that reads the counter.
    pub(super) fn calibrate(clock: &quanta::Clock) {
        let nanoseconds = clock.delta_as_nanos(0, 1 << STEPS_BITS);
        // A clock that does not use the counter counts in nanoseconds. Then the counter is not used here either, nor if it is so
        // slow that the scale does not fit: below a gigahertz.
        let uses_counter = nanoseconds < 1 << STEPS_BITS
            && (0..3).all(|_| {
                let (before, read, after) = (now(), clock.raw(), now());
                before <= read && read <= after
            });
        if uses_counter {
            READ_BY_CALLS.nanoseconds_of_steps.store(nanoseconds << STEPS_BITS, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn the_clock_agrees_with_the_systems_clock() {
        clock();
        let (begun, start) = (Instant::now(), now());
        std::thread::sleep(Duration::from_millis(50));
        let (nanoseconds, elapsed) = (nanoseconds_since(start), begun.elapsed());
        #[allow(clippy::cast_precision_loss)]
        let ratio = nanoseconds as f64 / elapsed.as_nanos() as f64;
        assert!((0.9..1.1).contains(&ratio), "{nanoseconds} ns in {elapsed:?}");
    }

    #[test]
    fn a_start_in_the_future_gives_zero() {
        clock();
        let later = now() + 1_000_000_000;
        assert_eq!(nanoseconds_since(later), 0);
    }

    #[test]
    fn the_inline_clock_agrees_with_the_clock() {
        if !is_inline() {
            return;
        }
        let (before, between, after) = (now(), now_inline(), now());
        assert!(before <= between && between <= after, "{before}, {between}, {after}");
        std::thread::sleep(Duration::from_millis(50));
        let (least, inline, most) =
            (nanoseconds_since(after), nanoseconds_since_inline(after), nanoseconds_since(after));
        assert!(least <= inline + 1 && inline <= most + 1, "{least}, {inline}, {most}");
    }
}
