//! OpenTelemetry's place in a trace.

use crate::record;
use crate::vocabulary::TraceContext;

/// The place of OpenTelemetry's current span, for [`Builder::exemplars`](crate::Builder::exemplars). It is also the current span of
/// `tracing`, where `tracing-opentelemetry` attaches spans while they are entered. `None` outside of spans, and while a thread ends.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::InitError> {
/// metrics_runtime::builder().exemplars(metrics_runtime::opentelemetry_context).init()?;
/// # Ok(())
/// # }
/// ```
///
/// Programs whose spans are all of `tracing` should use [`exemplar_layer`](crate::exemplar_layer), which is faster.
#[must_use]
pub fn opentelemetry_context() -> Option<TraceContext> {
    record::opentelemetry_context()
}
