//! Which spans are traces.

use tracing::Metadata;

/// Whether something of `tracing` is one of this program's spans. They are for traces: the log does not show them, and other
/// crates' spans are in no trace.
pub(crate) fn is_own_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}
