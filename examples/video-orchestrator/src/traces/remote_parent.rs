//! The span of another program that a job belongs to, where this program makes no spans of its own.

use metrics_runtime::TraceContext;
use tracing::Span;

use super::spans::context_of;

tokio::task_local! {
    static REMOTE_PARENT: TraceContext;
}

/// Does work that belongs to a span of another program.
pub(crate) async fn in_remote_parent<T>(parent: Option<TraceContext>, work: impl Future<Output = T>) -> T {
    match parent {
        Some(parent) => REMOTE_PARENT.scope(parent, work).await,
        None => work.await,
    }
}

/// What a request says of its trace: the current span, else that of the other program.
pub(crate) fn current_context() -> Option<TraceContext> {
    context_of(&Span::current()).or_else(|| REMOTE_PARENT.try_with(|parent| *parent).ok())
}
