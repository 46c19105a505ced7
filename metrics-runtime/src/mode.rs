//! Whether and how values are recorded.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

/// How values reach a recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mode {
    /// Our recorder is not installed: each value asks the `metrics` facade for whatever recorder there is.
    Facade = 0,
    /// Nothing is recorded and no clock is read.
    Off = 1,
    /// Our recorder is installed: values go to handles that the slots keep.
    Installed = 2,
    /// As `Installed`, while a test captures what its own code records.
    Capturing = 3,
}

impl Mode {
    /// Whether a call that starts in the one mode and ends in the other does so in one recorder.
    #[inline]
    pub(crate) fn is_one_with(self, other: Self) -> bool {
        let kept = |mode| matches!(mode, Self::Installed | Self::Capturing);
        self == other || (kept(self) && kept(other))
    }
}

static MODE: AtomicU8 = AtomicU8::new(Mode::Facade as u8);

#[inline]
pub(crate) fn current() -> Mode {
    // `Acquire` pairs with `set`: who sees `Installed` also sees the recorder that was installed before it.
    match MODE.load(Ordering::Acquire) {
        0 => Mode::Facade,
        1 => Mode::Off,
        2 => Mode::Installed,
        _ => Mode::Capturing,
    }
}

/// How many captures there are.
static CAPTURES: Mutex<usize> = Mutex::new(0);

/// One capture more, or one less.
pub(crate) fn capturing(more: bool) {
    let mut captures = CAPTURES.lock().unwrap_or_else(PoisonError::into_inner);
    *captures = if more { *captures + 1 } else { captures.saturating_sub(1) };
    match (current(), *captures) {
        (Mode::Installed, 1..) => MODE.store(Mode::Capturing as u8, Ordering::Release),
        (Mode::Capturing, 0) => MODE.store(Mode::Installed as u8, Ordering::Release),
        _ => {}
    }
}

#[cfg(feature = "exporter")]
pub(crate) fn set(mode: Mode) {
    let captures = CAPTURES.lock().unwrap_or_else(PoisonError::into_inner);
    let mode = if mode == Mode::Installed && *captures > 0 { Mode::Capturing } else { mode };
    MODE.store(mode as u8, Ordering::Release);
}
