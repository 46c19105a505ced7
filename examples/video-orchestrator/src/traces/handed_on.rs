//! The trace that is handed on where this program makes no spans of its own.

use tracing::Span;

use super::spans::traceparent_of;
use super::traceparent::Traceparent;

tokio::task_local! {
    static HANDED_ON: Traceparent;
}

/// Does work as a part of somebody else's span.
pub(crate) async fn handing_on<T>(span: Option<Traceparent>, work: impl Future<Output = T>) -> T {
    match span {
        Some(span) => HANDED_ON.scope(span, work).await,
        None => work.await,
    }
}

/// What a request says of its trace: the current span, else the one that is handed on.
pub(crate) fn current() -> Option<Traceparent> {
    traceparent_of(&Span::current()).or_else(|| HANDED_ON.try_with(|span| *span).ok())
}
