//! The span in which a call starts, which its exemplars name.

#[cfg(feature = "exemplars")]
use super::mode::Mode;
#[cfg(feature = "exemplars")]
use super::sampled_span::{SampledSpan, SpanKey};
#[cfg(feature = "exemplars")]
use super::{current_span, spans, trace_context_source};

/// The span in which a call starts, if there is one and its trace is kept. Without the feature it has no size.
#[derive(Clone, Copy)]
pub(super) struct CallSpan {
    /// The word of the span's key, or zero.
    #[cfg(feature = "exemplars")]
    key: u64,
}

impl CallSpan {
    /// No span.
    #[inline(always)]
    pub(super) const fn none() -> Self {
        Self {
            #[cfg(feature = "exemplars")]
            key: 0,
        }
    }

    /// The span of the calling thread, which a layer of `tracing` keeps at hand. It is read when the call starts: the end may come
    /// elsewhere, in the drop of a future.
    #[inline(always)]
    pub(super) fn at_hand() -> Self {
        Self {
            #[cfg(feature = "exemplars")]
            key: current_span::get(),
        }
    }
}

#[cfg(feature = "exemplars")]
impl CallSpan {
    /// The span of the calling thread, and the mode of a call that starts in it, in one of the modes in which calls do not only read
    /// what is [at hand](Self::at_hand).
    pub(super) fn enter(mode: Mode) -> (Mode, Self) {
        if !mode.is_installed() {
            return (mode, Self::none());
        }
        let mode = mode.without_traces();
        if !trace_context_source::is_set() {
            return (mode, Self::at_hand());
        }
        match trace_context_source::current_span() {
            Some(span) => {
                spans::enter(span);
                (Mode::INSTALLED_IN_TRACE, Self { key: span.key().word() })
            }
            None => (mode, Self::none()),
        }
    }

    /// The ids of the trace and of the span of a call that ends, and that started in this mode. It leaves the span if it has
    /// [entered](Self::enter) it.
    pub(super) fn leave(self, start_mode: Mode) -> Option<[u64; 3]> {
        let key = SpanKey::from_word(self.key)?;
        let span = if start_mode == Mode::INSTALLED_IN_TRACE { spans::leave(key) } else { spans::find(key) };
        span.map(SampledSpan::words)
    }

    /// Whether there is one.
    #[inline(always)]
    pub(super) const fn is_some(self) -> bool {
        self.key != 0
    }

    /// The ids of the trace and of the span, if the span has not closed.
    pub(super) fn ids(self) -> Option<[u64; 3]> {
        spans::find(SpanKey::from_word(self.key)?).map(SampledSpan::words)
    }
}
