//! What knows the list of targets that Prometheus asks for.

use std::pin::Pin;
use std::sync::Arc;

/// The list in JSON, or why it is not known.
pub(crate) type TargetList = Result<Arc<[u8]>, String>;

/// What knows the list.
pub(crate) trait TargetSource: Send + Sync {
    /// The list of now. Where it is not known, Prometheus must keep the targets that it has: an empty list would take them away.
    fn list(&self) -> Pin<Box<dyn Future<Output = TargetList> + Send>>;

    /// Whether there will be no list any more.
    #[cfg(feature = "redis")]
    fn has_ended(&self) -> bool;
}
