//! OpenTelemetry's current span. It is also the current span of `tracing`, whose layer for OpenTelemetry attaches each span while it
//! is entered.

use std::cell::Cell;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::util::catch_panic;
use crate::vocabulary::TraceContext;

/// Whether the thread's context of OpenTelemetry can be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody has asked yet.
    Unknown,
    Alive,
    /// The thread is ending. Asking would panic, and abort the program, because it would do so in a destructor.
    Ended,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Unknown) };
    /// Its destructor runs before that of the context, as the destructors of a thread's values run in the reverse order of
    /// their first uses.
    static SENTINEL: Sentinel = const { Sentinel };
}

struct Sentinel;

impl Drop for Sentinel {
    fn drop(&mut self) {
        STATE.set(State::Ended);
    }
}

/// The place of the current span.
pub(crate) fn opentelemetry_context() -> Option<TraceContext> {
    if STATE.get() != State::Alive && !find_state() {
        return None;
    }
    Context::map_current(|context| {
        if !context.has_active_span() {
            return None;
        }
        let span = context.span();
        let span = span.span_context();
        let trace_id = u128::from_be_bytes(span.trace_id().to_bytes());
        TraceContext::new(trace_id, u64::from_be_bytes(span.span_id().to_bytes()), span.is_sampled())
    })
}

/// The first time on a thread; or after its end, or if it has no context to ask.
#[cold]
#[inline(never)]
fn find_state() -> bool {
    if STATE.get() == State::Ended {
        return false;
    }
    // The context comes first, and then what ends before it. The thread may be ending already, where the context is gone.
    let is_alive = catch_panic(|| Context::map_current(|_| ())).is_some() && SENTINEL.try_with(|_| ()).is_ok();
    STATE.set(if is_alive { State::Alive } else { State::Ended });
    is_alive
}
