//! Where a thread is in a trace, by `tracing` and by OpenTelemetry, for exemplars.

mod context;
mod layer;

pub use context::opentelemetry_context;
pub use layer::{ExemplarLayer, exemplar_layer};
