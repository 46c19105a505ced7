//! The clock of timed calls.

use std::sync::OnceLock;

/// The time stamp counter where the processor has a steady one, the operating system's monotonic clock elsewhere.
/// Its first use takes the time of a calibration (up to 200 ms), which `init` pays before the program's calls do.
fn clock() -> &'static quanta::Clock {
    static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
    CLOCK.get_or_init(|| {
        let clock = quanta::Clock::new();
        #[cfg(target_arch = "x86_64")]
        counter::calibrate(&clock);
        clock
    })
}

/// A point in time, in the clock's own unit.
pub(crate) fn now() -> u64 {
    clock().raw()
}

/// The time since `start`. It is zero, never negative, where two processors' counters disagree.
pub(crate) fn nanoseconds_since(start: u64) -> u64 {
    let clock = clock();
    clock.delta_as_nanos(start, clock.raw())
}

/// Whether the two functions below may be used. The first call prepares them.
pub(crate) fn is_inline() -> bool {
    clock();
    #[cfg(target_arch = "x86_64")]
    return counter::is_calibrated();
    #[cfg(not(target_arch = "x86_64"))]
    return true;
}

/// As [`now`], for the hot path.
#[inline(always)]
pub(crate) fn now_inline() -> u64 {
    #[cfg(target_arch = "x86_64")]
    return counter::now();
    #[cfg(not(target_arch = "x86_64"))]
    return now();
}

/// As [`nanoseconds_since`], for the hot path.
#[inline(always)]
pub(crate) fn nanoseconds_since_inline(start: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    return counter::nanoseconds(counter::now().saturating_sub(start));
    #[cfg(not(target_arch = "x86_64"))]
    return nanoseconds_since(start);
}

/// The time stamp counter, read in line: the clock's own reading is a call, which costs half as much again.
#[cfg(target_arch = "x86_64")]
mod counter {
    use std::sync::atomic::{AtomicU64, Ordering};

    /// How many nanoseconds 2^32 steps of the counter take; zero until it is known that the clock reads the counter.
    static SCALE: AtomicU64 = AtomicU64::new(0);
    const STEPS: u32 = 32;

    pub(super) fn is_calibrated() -> bool {
        SCALE.load(Ordering::Relaxed) > 0
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "it wraps around after 584 years")]
    pub(super) fn nanoseconds(steps: u64) -> u64 {
        ((u128::from(steps) * u128::from(SCALE.load(Ordering::Relaxed))) >> STEPS) as u64
    }

    #[inline(always)]
    #[expect(unsafe_code, reason = "the counter is read by an instruction")]
    pub(super) fn now() -> u64 {
        // SAFETY: every x86-64 processor has the instruction, and a system that forbids it forbids it to the clock as well.
        unsafe { core::arch::x86_64::_rdtsc() }
    }

    /// Takes the scale over from a clock that reads the counter.
    pub(super) fn calibrate(clock: &quanta::Clock) {
        let scale = clock.delta_as_nanos(0, 1 << STEPS);
        // A clock that does not use the counter counts nanoseconds; then the counter is left alone.
        let uses_counter = scale != 1 << STEPS
            && (0..3).all(|_| {
                let (before, read, after) = (now(), clock.raw(), now());
                before <= read && read <= after
            });
        if uses_counter {
            SCALE.store(scale, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn it_agrees_with_the_systems_clock() {
        clock();
        let (begun, start) = (Instant::now(), now());
        std::thread::sleep(Duration::from_millis(50));
        let (nanoseconds, elapsed) = (nanoseconds_since(start), begun.elapsed());
        #[allow(clippy::cast_precision_loss)]
        let ratio = nanoseconds as f64 / elapsed.as_nanos() as f64;
        assert!((0.9..1.1).contains(&ratio), "{nanoseconds} ns in {elapsed:?}");
    }

    #[test]
    fn it_does_not_go_back() {
        clock();
        let later = now() + 1_000_000_000;
        assert_eq!(nanoseconds_since(later), 0);
    }

    #[test]
    fn the_inline_clock_agrees_with_the_other() {
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
