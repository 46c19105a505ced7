//! The trace that is handed on where this program makes no spans of its own.

use metrics_runtime::TraceContext;
use tracing::Span;

use super::spans::context_of;

tokio::task_local! {
    static HANDED_ON: TraceContext;
}

/// Does work as a part of somebody else's span.
pub(crate) async fn handing_on<T>(span: Option<TraceContext>, work: impl Future<Output = T>) -> T {
    match span {
        Some(span) => HANDED_ON.scope(span, work).await,
        None => work.await,
    }
}

/// What a request says of its trace: the current span, else the one that is handed on.
pub(crate) fn current() -> Option<TraceContext> {
    context_of(&Span::current()).or_else(|| HANDED_ON.try_with(|span| *span).ok())
}
