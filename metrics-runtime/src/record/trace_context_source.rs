//! The function of the program that says where in a trace the calling thread is.

use std::sync::OnceLock;

use super::sampled_span::SampledSpan;
use crate::util::catch_panic;
use crate::vocabulary::TraceContext;

static SOURCE: OnceLock<fn() -> Option<TraceContext>> = OnceLock::new();

/// From now on, calls ask this function. It comes before the mode that says so.
pub(crate) fn set_trace_context_source(source: fn() -> Option<TraceContext>) {
    // A program has one recorder, so this is the first call.
    let _ = SOURCE.set(source);
}

/// Whether there is a function to ask.
pub(super) fn is_set() -> bool {
    SOURCE.get().is_some()
}

/// The span in which the calling thread is, if its trace is kept.
pub(super) fn current_span() -> Option<SampledSpan> {
    // A function that panics costs the exemplar and not the call.
    catch_panic(SOURCE.get()?).flatten().and_then(SampledSpan::at)
}
