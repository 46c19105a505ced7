//! Whether and how values are recorded.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::capture_scope;
use super::clock;
use super::facade;

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
    pub(crate) const INSTALLED_SLOW_CLOCK: Self = Self(3);
    /// The user's recorder is attached: values go to handles of its own, which the slots keep.
    pub(crate) const ATTACHED: Self = Self(4);
    /// As one of these three, while a test captures what its own code records.
    pub(crate) const CAPTURING: Self = Self(5);
    // The following are no modes of the program, but what a call needs to know of the recorder that saw it start.
    /// As the facade, which has no recorder so far.
    const NO_RECORDER: Self = Self(6);
    /// A capture has what the calling thread records, and it reaches it through the facade: this one, and the others
    /// up to the next constant.
    const FIRST_CAPTURE: u8 = 7;
    /// As the facade, which has a recorder: this one, and the others that come behind it.
    const FIRST_RECORDER: u8 = 128;

    /// What the calling thread records goes to the capture with this number. Captures are told apart as far as the
    /// numbers go, which is more of them than one call sees; so are recorders.
    pub(crate) fn capture(number: usize) -> Self {
        Self(Self::FIRST_CAPTURE + remainder(number, Self::FIRST_RECORDER - Self::FIRST_CAPTURE))
    }

    /// What the calling thread records goes to the recorder at this place.
    fn of_recorder(place: usize) -> Self {
        // The lowest bits of places are alike.
        Self(Self::FIRST_RECORDER + remainder(place >> 4 ^ place >> 12, u8::MAX - Self::FIRST_RECORDER))
    }

    /// As it is for the calling thread.
    pub(crate) fn on_this_thread(self) -> Self {
        match (self, capture_scope::current().map(Self::capture)) {
            (Self::FACADE | Self::CAPTURING, Some(capture)) => capture,
            (Self::FACADE, None) => facade::recorder_address().map_or(Self::NO_RECORDER, Self::of_recorder),
            (Self::CAPTURING, None) => captures().outside,
            (other, _) => other,
        }
    }

    /// Whether values go through the facade, to whatever recorder it has for the calling thread.
    pub(crate) fn uses_facade(self) -> bool {
        self == Self::FACADE || self.0 >= Self::NO_RECORDER.0
    }

    fn is_capture(self) -> bool {
        (Self::FIRST_CAPTURE..Self::FIRST_RECORDER).contains(&self.0)
    }

    fn has_recorder(self) -> bool {
        self.0 >= Self::FIRST_RECORDER
    }

    /// Where a call is recorded that has started in this mode and ends in another, both as of its thread.
    pub(crate) fn ending(self, now: Self) -> Ending {
        match (self, now) {
            (then, now) if then == now => Ending::SameRecorder(then),
            // What a capture has seen does not reach another recorder, and the other way round.
            (then, now) if then.is_capture() || (then.has_recorder() && now.is_capture()) => Ending::Discard,
            // A recorder that was attached had the calls before through the facade.
            (then, Self::ATTACHED) if facade::global_recorder_address().map(Self::of_recorder) == Some(then) => {
                Ending::SameRecorder(now)
            }
            (then, now) if then == Self::NO_RECORDER || then.has_recorder() => Ending::Replay(now),
            // Where slots keep the way to a recorder, they keep it for ever, whatever captures begin or end.
            (then, _) => Ending::SameRecorder(then),
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
    SameRecorder(Mode),
    /// In one that did not: the call is recorded whole, so that as many have started there as have ended. A gauge that it
    /// never raised is not lowered.
    Replay(Mode),
    /// In none.
    Discard,
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
pub(crate) fn count_capture(more: bool) {
    let mut captures = captures();
    captures.count = if more { captures.count + 1 } else { captures.count.saturating_sub(1) };
    captures.store();
}

fn set(mode: Mode) {
    // Asked for any recorder: the first use of the clock takes long, and is not to fall on the program's first call.
    let is_inline = mode != Mode::OFF && clock::is_inline();
    let mode = if mode == Mode::INSTALLED && !is_inline { Mode::INSTALLED_SLOW_CLOCK } else { mode };
    let mut captures = captures();
    captures.outside = mode;
    captures.store();
}

impl Captures {
    /// The facade gives a capture what it is to see; where slots keep the way to a recorder, they must be passed by.
    fn store(&self) {
        let has_slots = matches!(self.outside, Mode::INSTALLED | Mode::INSTALLED_SLOW_CLOCK | Mode::ATTACHED);
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

/// As on a machine whose clock cannot be read inline.
#[cfg(all(test, feature = "exporter"))]
pub(crate) fn read_clock_by_call() {
    let mut captures = captures();
    captures.outside = Mode::INSTALLED_SLOW_CLOCK;
    captures.store();
}
