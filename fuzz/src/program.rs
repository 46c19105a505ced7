//! The program whose page is made: it has a metric of each kind.

use std::env::VarError;

use metrics_runtime::fuzzing::Detached;
use metrics_runtime::{Builder, InitError, Label, declare_metrics};

#[derive(Clone, Copy, Debug, Label)]
enum Queue {
    #[expect(dead_code, reason = "only the name of the value is used")]
    Default,
}

declare_metrics! {
    /// Jobs.
    counter JOBS = "program_jobs_total", labels(queue: Queue);
    /// Depth.
    gauge DEPTH = "program_depth";
    /// Wait.
    histogram WAIT = "program_wait_seconds", buckets(1);
}

/// Installs nothing, and reads no environment.
pub(crate) fn detached(builder: Builder) -> Result<Detached, InitError> {
    Detached::new(builder, |_| Err(VarError::NotPresent))
}
