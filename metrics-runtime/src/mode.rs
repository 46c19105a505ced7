//! Whether and how values are recorded.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock;
use crate::facade;

/// How values reach a recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(u8);

impl Mode {
    /// No recorder is known: each value asks the `metrics` facade for whatever recorder there is.
    pub(crate) const FACADE: Self = Self(0);
    /// Nothing is recorded and no clock is read.
    pub(crate) const OFF: Self = Self(1);
    /// Our recorder is installed: values go to where the slots say that it keeps them. The clock can be read in line.
    pub(crate) const INSTALLED: Self = Self(2);
    /// The same where the clock cannot be read in line.
    pub(crate) const INSTALLED_BY_CLOCK: Self = Self(3);
    /// The user's recorder is attached: values go to handles of its own, which the slots keep.
    pub(crate) const ATTACHED: Self = Self(4);
    /// As one of these three, while a test captures what its own code records.
    pub(crate) const CAPTURING: Self = Self(5);
    // The following are no modes of the program, but what a call needs to know of the recorder that saw it start.
    /// As the facade, which has no recorder so far.
    const UNHEARD: Self = Self(6);
    /// A capture has what the calling thread records, and it reaches it through the facade: this one, and the others
    /// up to the next constant.
    const FIRST_CAPTURE: u8 = 7;
    /// As the facade, which has a recorder: this one, and the others that come behind it.
    const FIRST_RECORDER: u8 = 128;

    /// What the calling thread records goes to the capture with this number. Captures are told apart as far as the
    /// numbers go, which is more of them than one call sees; so are recorders.
    pub(crate) fn captured_by(number: usize) -> Self {
        Self(Self::FIRST_CAPTURE + remainder(number, Self::FIRST_RECORDER - Self::FIRST_CAPTURE))
    }

    /// What the calling thread records goes to the recorder at this place.
    fn heard_at(place: usize) -> Self {
        // The lowest bits of places are alike.
        Self(Self::FIRST_RECORDER + remainder(place >> 4 ^ place >> 12, u8::MAX - Self::FIRST_RECORDER))
    }

    /// As it is for the calling thread.
    pub(crate) fn of_this_thread(self) -> Self {
        match (self, crate::testing::capture_of_this_thread()) {
            (Self::FACADE | Self::CAPTURING, Some(capture)) => capture,
            (Self::FACADE, None) => facade::place().map_or(Self::UNHEARD, Self::heard_at),
            (Self::CAPTURING, None) => captures().outside,
            (other, _) => other,
        }
    }

    /// Whether values go through the facade, to whatever recorder it has for the calling thread.
    pub(crate) fn is_by_facade(self) -> bool {
        self == Self::FACADE || self.0 >= Self::UNHEARD.0
    }

    fn is_capture(self) -> bool {
        (Self::FIRST_CAPTURE..Self::FIRST_RECORDER).contains(&self.0)
    }

    fn is_heard(self) -> bool {
        self.0 >= Self::FIRST_RECORDER
    }

    /// Where a call is recorded that has started in this mode and ends in another, both as of its thread.
    pub(crate) fn where_it_ends(self, now: Self) -> Ending {
        match (self, now) {
            (then, now) if then == now => Ending::There(then),
            // What a capture has seen does not reach another recorder, and the other way round.
            (then, now) if then.is_capture() || (then.is_heard() && now.is_capture()) => Ending::Nowhere,
            // A recorder that was attached had the calls before through the facade.
            (then, Self::ATTACHED) if facade::global().map(Self::heard_at) == Some(then) => Ending::There(now),
            (then, now) if then == Self::UNHEARD || then.is_heard() => Ending::Anew(now),
            // Where slots keep the way to a recorder, they keep it for ever, whatever captures begin or end.
            (then, _) => Ending::There(then),
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the remainder is that of a byte")]
fn remainder(number: usize, of: u8) -> u8 {
    (number % usize::from(of)) as u8
}

/// Where the end of a call is recorded.
pub(crate) enum Ending {
    /// In the recorder that saw it start.
    There(Mode),
    /// In one that did not: the call is recorded whole, so that as many have started there as have ended. A gauge that it
    /// never raised is not lowered.
    Anew(Mode),
    /// In none.
    Nowhere,
}

static MODE: AtomicU8 = AtomicU8::new(Mode::FACADE.0);

#[inline]
pub(crate) fn current() -> Mode {
    // `Acquire` pairs with `set`: who sees `INSTALLED` also sees the recorder that was installed before it.
    Mode(MODE.load(Ordering::Acquire))
}

/// How many captures there are, and the mode without them.
struct Captures {
    count: usize,
    outside: Mode,
}

fn captures() -> MutexGuard<'static, Captures> {
    static CAPTURES: Mutex<Captures> = Mutex::new(Captures { count: 0, outside: Mode::FACADE });
    CAPTURES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One capture more, or one less.
pub(crate) fn capturing(more: bool) {
    let mut captures = captures();
    captures.count = if more { captures.count + 1 } else { captures.count.saturating_sub(1) };
    captures.store();
}

fn set(mode: Mode) {
    // Asked for any recorder: the first use of the clock takes long, and is not to fall on the program's first call.
    let is_in_line = mode != Mode::OFF && clock::is_in_line();
    let mode = if mode == Mode::INSTALLED && !is_in_line { Mode::INSTALLED_BY_CLOCK } else { mode };
    let mut captures = captures();
    captures.outside = mode;
    captures.store();
}

impl Captures {
    /// The facade gives a capture what it is to see; where slots keep the way to a recorder, they must be passed by.
    fn store(&self) {
        let has_slots = matches!(self.outside, Mode::INSTALLED | Mode::INSTALLED_BY_CLOCK | Mode::ATTACHED);
        let mode = if self.count > 0 && has_slots { Mode::CAPTURING } else { self.outside };
        MODE.store(mode.0, Ordering::Release);
    }
}

/// Leaves the mode that a program begins in, once. `None` where it was left before; an error of `prepare` leaves
/// everything as it is.
///
/// `prepare` gives the new mode.
pub(crate) fn leave_facade<T, E>(prepare: impl FnOnce() -> Result<(Mode, T), E>) -> Option<Result<T, E>> {
    static LEFT: Mutex<bool> = Mutex::new(false);
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    if *left {
        return None;
    }
    Some(prepare().map(|(mode, prepared)| {
        *left = true;
        set(mode);
        prepared
    }))
}

#[cfg(all(test, feature = "exporter"))]
mod tests {
    use metrics_macros::{counted, in_flight, timed};

    use super::*;

    #[timed(crate = crate, histogram = "mode_seconds")]
    #[counted(crate = crate, counter = "mode_total", on = ok)]
    #[in_flight(crate = crate, gauge = "mode_active")]
    fn work(fails: bool) -> Result<(), ()> {
        if fails { Err(()) } else { Ok(()) }
    }

    // Most machines can read their clock in line; what the others do is tried here.
    #[test]
    fn a_clock_that_is_a_call_measures_as_well() {
        let handle = crate::builder().no_listener().init().expect("the settings are valid");
        let _ = work(false);
        captures().outside = Mode::INSTALLED_BY_CLOCK;
        captures().store();
        assert_eq!(current(), Mode::INSTALLED_BY_CLOCK);
        let _ = (work(false), work(true));
        let seen = crate::testing::capture(|| {
            let _ = work(false);
        });
        assert_eq!(seen.counter("mode_total", &[]), 1);
        assert_eq!(current(), Mode::INSTALLED_BY_CLOCK);
        let page = handle.render();
        for line in ["mode_seconds_count 3", "mode_total 2", "mode_active 0"] {
            assert!(page.contains(&format!("\n{line}\n")), "{line} is not on\n{page}");
        }
    }
}
