//! A stretch of code that hand-written code measures: it begins, and it ends once, in the recorder in which it began.

use core::time::Duration;

use super::call_span::CallSpan;
use super::clock;
use super::mode::{self, Ending, Mode};
use super::own::OwnShard;
use super::sample::Sample;
use crate::definition::Family;

/// A stretch of code whose duration a histogram observes.
///
/// It has no destructor: what holds it decides how it ends.
#[derive(Clone, Copy)]
pub(crate) struct TimedStretch {
    family: &'static Family,
    slot: u32,
    /// [`Mode::OFF`] if metrics are off.
    mode: Mode,
    started: u64,
    span: CallSpan,
}

impl TimedStretch {
    /// It begins now. Nothing is read if metrics are off.
    #[inline]
    pub(crate) fn begin(family: &'static Family, slot: u32) -> Self {
        let mode = mode::current();
        if mode == Mode::INSTALLED {
            return Self { family, slot, mode, started: clock::now_inline(), span: CallSpan::at_hand() };
        }
        Self::begin_slowly(family, slot, mode)
    }

    #[cold]
    #[inline(never)]
    fn begin_slowly(family: &'static Family, slot: u32, mode: Mode) -> Self {
        let mode = mode.on_this_thread();
        if mode == Mode::OFF {
            return Self { family, slot, mode, started: 0, span: CallSpan::none() };
        }
        #[cfg(feature = "exemplars")]
        let (mode, span) = CallSpan::enter(mode);
        #[cfg(not(feature = "exemplars"))]
        let span = CallSpan::none();
        Self { family, slot, mode, started: clock::now(), span }
    }

    /// It ends now, and its duration is observed. Returns the duration, which is zero if metrics are off.
    #[inline]
    pub(crate) fn end(self) -> Duration {
        if self.mode != Mode::INSTALLED {
            return self.end_slowly();
        }
        let nanoseconds = clock::nanoseconds_since_inline(self.started);
        self.family.record_in(OwnShard::get(), Mode::INSTALLED, self.slot, Sample::Nanoseconds(nanoseconds));
        #[cfg(feature = "exemplars")]
        if self.span.is_some() {
            self.family.keep_exemplar_later(self.slot, nanoseconds, clock::now_inline(), self.span);
        }
        Duration::from_nanos(nanoseconds)
    }

    #[cold]
    #[inline(never)]
    fn end_slowly(self) -> Duration {
        if self.mode == Mode::OFF {
            return Duration::ZERO;
        }
        let nanoseconds = clock::nanoseconds_since(self.started);
        let sample = Sample::Nanoseconds(nanoseconds);
        // It leaves the span also where nothing is recorded.
        #[cfg(feature = "exemplars")]
        let ids = self.span.leave(self.mode);
        #[cfg(not(feature = "exemplars"))]
        let CallSpan {} = self.span;
        // A duration is recorded once, at the end, so it is whole in a recorder that was installed meanwhile.
        if let Ending::SameRecorder(mode) | Ending::Replay(mode) = self.mode.ending(mode::current().on_this_thread()) {
            self.family.record(mode, self.slot, sample);
            // An exemplar is of a value that was recorded.
            #[cfg(feature = "exemplars")]
            if let Some(ids) = ids {
                self.family.keep_exemplar(self.slot, sample, ids);
            }
        }
        Duration::from_nanos(nanoseconds)
    }

    /// It ends now, and nothing is observed.
    pub(crate) fn discard(self) {
        // Another call may be in the same span, which counts who is in it.
        #[cfg(feature = "exemplars")]
        let _ = self.span.leave(self.mode);
        #[cfg(not(feature = "exemplars"))]
        let CallSpan {} = self.span;
    }
}

/// A stretch of code during which a gauge is one higher.
#[derive(Clone, Copy)]
pub(crate) struct CountedStretch {
    family: &'static Family,
    slot: u32,
    mode: Mode,
}

impl CountedStretch {
    /// It begins now: the gauge goes up.
    #[inline]
    pub(crate) fn begin(family: &'static Family, slot: u32) -> Self {
        let mode = mode::current();
        let mode = if mode == Mode::INSTALLED { mode } else { mode.on_this_thread().without_traces() };
        family.record(mode, slot, Sample::Up);
        Self { family, slot, mode }
    }

    /// It ends now: the gauge goes down, unless this recorder did not see it go up.
    #[inline]
    pub(crate) fn end(self) {
        let mode = if self.mode == Mode::INSTALLED {
            self.mode
        } else {
            match self.mode.ending(mode::current().on_this_thread()) {
                Ending::SameRecorder(mode) => mode,
                Ending::Replay(_) | Ending::Discard => return,
            }
        };
        self.family.record(mode, self.slot, Sample::Down);
    }
}
