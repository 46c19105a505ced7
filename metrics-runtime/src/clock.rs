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
#[inline]
pub(crate) fn now() -> u64 {
    #[cfg(target_arch = "x86_64")]
    if let Some((now, _)) = counter::read() {
        return now;
    }
    clocks_now()
}

/// The time since `start`. It is zero, never negative, where two processors' counters disagree.
#[inline]
pub(crate) fn nanoseconds_since(start: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if let Some((now, scale)) = counter::read() {
        return counter::nanoseconds(now.saturating_sub(start), scale);
    }
    clocks_nanoseconds_since(start)
}

// Out of line, so that a function that is measured does not make room for it.
#[inline(never)]
fn clocks_now() -> u64 {
    clock().raw()
}

#[inline(never)]
fn clocks_nanoseconds_since(start: u64) -> u64 {
    let clock = clock();
    clock.delta_as_nanos(start, clock.raw())
}

/// The time stamp counter, read in line: the clock's own reading is a call, which costs half as much again.
#[cfg(target_arch = "x86_64")]
mod counter {
    use std::sync::atomic::{AtomicU64, Ordering};

    /// How many nanoseconds 2^32 steps of the counter take; zero until it is known that the clock reads the counter.
    static SCALE: AtomicU64 = AtomicU64::new(0);
    const STEPS: u32 = 32;

    /// The counter, and its scale.
    #[inline(always)]
    pub(super) fn read() -> Option<(u64, u64)> {
        let scale = SCALE.load(Ordering::Relaxed);
        (scale > 0).then(|| (step(), scale))
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "it wraps around after 584 years")]
    pub(super) fn nanoseconds(steps: u64, scale: u64) -> u64 {
        ((u128::from(steps) * u128::from(scale)) >> STEPS) as u64
    }

    #[inline(always)]
    #[allow(unsafe_code, reason = "the counter is read by an instruction")]
    fn step() -> u64 {
        // SAFETY: every x86-64 processor has the instruction, and a system that forbids it forbids it to the clock as well.
        unsafe { core::arch::x86_64::_rdtsc() }
    }

    /// Takes the scale over from a clock that reads the counter.
    pub(super) fn calibrate(clock: &quanta::Clock) {
        let scale = clock.delta_as_nanos(0, 1 << STEPS);
        // A clock that does not use the counter counts nanoseconds; then the counter is left alone.
        let uses_counter = scale != 1 << STEPS
            && (0..3).all(|_| {
                let (before, read, after) = (step(), clock.raw(), step());
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
    #[cfg(target_arch = "x86_64")]
    fn a_step_is_scaled_as_the_clock_scales_it() {
        let Some((_, scale)) = ({
            clock();
            counter::read()
        }) else {
            return;
        };
        for steps in [0, 1, 1_000, 3_000_000_000, 1 << 50] {
            let (ours, clocks) = (counter::nanoseconds(steps, scale), clock().delta_as_nanos(0, steps));
            assert!(ours.abs_diff(clocks) <= 1 + clocks / 1_000_000_000, "{steps}: {ours} and {clocks}");
        }
    }
}
