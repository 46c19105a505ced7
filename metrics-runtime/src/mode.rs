//! Whether and how values are recorded.

use std::sync::atomic::{AtomicU8, Ordering};

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
}

static MODE: AtomicU8 = AtomicU8::new(Mode::Facade as u8);

#[inline]
pub(crate) fn current() -> Mode {
    // `Acquire` pairs with `set`: who sees `Installed` also sees the recorder that was installed before it.
    match MODE.load(Ordering::Acquire) {
        0 => Mode::Facade,
        1 => Mode::Off,
        _ => Mode::Installed,
    }
}

#[cfg(feature = "exporter")]
pub(crate) fn set(mode: Mode) {
    MODE.store(mode as u8, Ordering::Release);
}
