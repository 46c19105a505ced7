//! Where the calls of one attribute leave their starts.

#[cfg(feature = "exporter")]
use std::sync::atomic::AtomicU64;

#[cfg(feature = "exporter")]
use crate::storage::{PLACES, Starts};

/// The starts of the calls of one `#[in_flight(.., oldest = ..)]`. Without the exporter nothing reads them, and it is empty.
#[derive(Debug)]
pub struct InFlightStarts {
    #[cfg(feature = "exporter")]
    pub(crate) table: Starts,
}

impl InFlightStarts {
    /// An empty table.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "`Default` cannot be used in const evaluation")]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "exporter")]
            table: Starts::new([const { AtomicU64::new(0) }; PLACES]),
        }
    }
}
