//! The mode: whether and how values are recorded.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::capture_scope;
use super::clock;
use super::facade;
use super::read_by_calls::READ_BY_CALLS;
#[cfg(feature = "exemplars")]
use super::trace_context_source;

/// How values reach a recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode(u16);

impl Mode {
    /// No recorder is known: each value asks the `metrics` facade for its present recorder.
    pub(crate) const FACADE: Self = Self(0);
    /// Nothing is recorded and no clock is read.
    pub(crate) const OFF: Self = Self(1);
    /// Our recorder is installed: values go to the rows in the slots. The clock can be read inline.
    pub(crate) const INSTALLED: Self = Self(2);
    /// Our recorder is installed, and the clock cannot be read inline.
    pub(crate) const INSTALLED_SLOW_CLOCK: Self = Self(3);
    /// As [`INSTALLED`](Self::INSTALLED), and calls ask for their place in a trace.
    pub(crate) const INSTALLED_WITH_TRACES: Self = Self(4);
    /// The user's recorder is attached: values go to its handles, which the slots keep.
    pub(crate) const ATTACHED: Self = Self(5);
    /// One of the four modes above, while a test captures what its own code records.
    pub(crate) const CAPTURING: Self = Self(6);
    // The following are not modes of the program. They identify the recorder that recorded the start of a call.
    /// Our recorder. The call has entered a span, which it must leave.
    pub(crate) const INSTALLED_IN_TRACE: Self = Self(7);
    /// The facade, which has no recorder yet.
    const NO_RECORDER: Self = Self(8);
    /// The first of the captures. The values from here up to the next constant are captures, to which the calling thread
    /// records through the facade.
    const FIRST_CAPTURE: u16 = 9;
    /// The first of the facade's recorders. All values from here on are recorders.
    const FIRST_RECORDER: u16 = 1 << 15;

    /// The capture with this number, to which the calling thread records. Two captures may get the same mode, but there are
    /// more modes than captures that one call meets.
    fn of_capture(number: usize) -> Self {
        Self(Self::FIRST_CAPTURE + remainder(number, Self::FIRST_RECORDER - Self::FIRST_CAPTURE))
    }

    /// The facade's recorder at this address, to which the calling thread records. Two recorders that one call meets have the same
    /// mode once in 32,767 pairs of addresses.
    fn of_recorder(address: usize) -> Self {
        // The highest bits of the product depend on all of the address. A recorder may be as small as a pointer, so two of them may
        // stand side by side.
        let mixed = (address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        #[allow(clippy::cast_possible_truncation, reason = "these are 31 bits")]
        Self(Self::FIRST_RECORDER + remainder(mixed as usize, u16::MAX - Self::FIRST_RECORDER))
    }

    /// What this mode means on the calling thread: the thread's capture, its recorder in the facade, or the same mode.
    pub(crate) fn on_this_thread(self) -> Self {
        match (self, capture_scope::current().map(Self::of_capture)) {
            (Self::FACADE | Self::CAPTURING, Some(capture)) => capture,
            (Self::FACADE, None) => facade::recorder_address().map_or(Self::NO_RECORDER, Self::of_recorder),
            (Self::CAPTURING, None) => captures().program_mode,
            (other, _) => other,
        }
    }

    /// Whether values go through the facade, to the recorder that it has for the calling thread.
    pub(crate) fn uses_facade(self) -> bool {
        self == Self::FACADE || self.0 >= Self::NO_RECORDER.0
    }

    /// Whether values go to our own recorder.
    pub(crate) fn is_installed(self) -> bool {
        (Self::INSTALLED.0..=Self::INSTALLED_WITH_TRACES.0).contains(&self.0) || self == Self::INSTALLED_IN_TRACE
    }

    /// The same mode for what is in no trace.
    pub(super) fn without_traces(self) -> Self {
        if self == Self::INSTALLED_WITH_TRACES { Self::INSTALLED } else { self }
    }

    fn is_capture(self) -> bool {
        (Self::FIRST_CAPTURE..Self::FIRST_RECORDER).contains(&self.0)
    }

    fn has_recorder(self) -> bool {
        self.0 >= Self::FIRST_RECORDER
    }

    /// Where the end of a call is recorded. The call started in this mode and ends in the mode `now`, both on its thread.
    pub(crate) fn ending(self, now: Self) -> Ending {
        match (self, now) {
            (start, now) if start == now => Ending::SameRecorder(start),
            (Self::INSTALLED_IN_TRACE, _) => Ending::SameRecorder(Self::INSTALLED),
            // A call that started in a capture is not recorded elsewhere, and the other way round.
            (start, now) if start.is_capture() || (start.has_recorder() && now.is_capture()) => Ending::Discard,
            // This recorder is attached now. Before, the calls reached it through the facade.
            (start, Self::ATTACHED) if facade::global_recorder_address().map(Self::of_recorder) == Some(start) => {
                Ending::SameRecorder(now)
            }
            (start, now) if start == Self::NO_RECORDER || start.has_recorder() => Ending::Replay(now),
            // Slots keep a recorder's handles until the program ends, even if captures begin or end.
            (start, _) => Ending::SameRecorder(start),
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the divisor has 16 bits")]
fn remainder(number: usize, divisor: u16) -> u16 {
    (number % usize::from(divisor)) as u16
}

/// Where the end of a call is recorded.
pub(crate) enum Ending {
    /// In the recorder that recorded its start.
    SameRecorder(Mode),
    /// In a recorder that did not record its start. The start is recorded there too, so that as many calls start as end. A
    /// gauge that the call did not raise is not lowered.
    Replay(Mode),
    /// In no recorder.
    Discard,
}

// The mode that a program begins with.
const _: () = assert!(Mode::FACADE.0 == 0);

/// The program's mode.
#[inline]
pub(crate) fn current() -> Mode {
    // `Acquire` pairs with the store in `store_mode`: a thread that reads `INSTALLED` also sees the recorder installed before it.
    Mode(READ_BY_CALLS.mode.load(Ordering::Acquire))
}

/// Whether metrics are off. It reads the mode again: the compiler would compare a mode that it knows with this one first, and
/// only then with the usual one.
#[inline]
pub(crate) fn is_off() -> bool {
    current() == Mode::OFF
}

/// The number of active captures, and the program's mode without them.
struct Captures {
    count: usize,
    program_mode: Mode,
}

fn captures() -> MutexGuard<'static, Captures> {
    static CAPTURES: Mutex<Captures> = Mutex::new(Captures { count: 0, program_mode: Mode::FACADE });
    CAPTURES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a capture that begins.
pub(crate) fn begin_capture() {
    let mut captures = captures();
    captures.count += 1;
    captures.store_mode();
}

/// Counts a capture that ends.
pub(crate) fn end_capture() {
    let mut captures = captures();
    captures.count = captures.count.saturating_sub(1);
    captures.store_mode();
}

fn set(mode: Mode) {
    // Called for any recorder: the first use of the clock is slow, and it must not slow down the program's first call.
    let is_inline = mode != Mode::OFF && clock::is_inline();
    let mode = match mode {
        Mode::INSTALLED if !is_inline => Mode::INSTALLED_SLOW_CLOCK,
        #[cfg(feature = "exemplars")]
        Mode::INSTALLED if trace_context_source::is_set() => Mode::INSTALLED_WITH_TRACES,
        mode => mode,
    };
    let mut captures = captures();
    captures.program_mode = mode;
    captures.store_mode();
}

impl Captures {
    /// Stores the mode that applies now. A capture receives its values through the facade, so while there is one, values must
    /// not go straight to the slots.
    fn store_mode(&self) {
        let uses_slots = self.program_mode.is_installed() || self.program_mode == Mode::ATTACHED;
        let mode = if self.count > 0 && uses_slots { Mode::CAPTURING } else { self.program_mode };
        READ_BY_CALLS.mode.store(mode.0, Ordering::Release);
    }
}

/// Sets the program's mode to the one that `prepare` returns. This happens at most once: `None` if the mode is set already.
/// If `prepare` fails, nothing changes, and a later call can set the mode.
pub(crate) fn set_mode_once<T, E>(prepare: impl FnOnce() -> Result<(Mode, T), E>) -> Option<Result<T, E>> {
    static IS_SET: Mutex<bool> = Mutex::new(false);
    let mut is_set = IS_SET.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_set {
        return None;
    }
    Some(prepare().map(|(mode, prepared)| {
        *is_set = true;
        set(mode);
        prepared
    }))
}

/// Sets the mode of a machine whose clock cannot be read inline.
#[cfg(all(test, feature = "exporter"))]
pub(crate) fn set_slow_clock_mode() {
    let mut captures = captures();
    captures.program_mode = Mode::INSTALLED_SLOW_CLOCK;
    captures.store_mode();
}
