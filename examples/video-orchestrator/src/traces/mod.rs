//! Traces: which trace a job belongs to, on its way through the queue, and the spans of the work. They are sent by OTLP where the
//! variables of OpenTelemetry ask for it, and where the feature `traces` is on.

mod traceparent;
mod given;
mod variables;
mod asked;
#[cfg(feature = "traces")]
mod settings;
#[cfg(feature = "traces")]
mod export;
#[cfg(feature = "traces")]
mod spans;
#[cfg(not(feature = "traces"))]
mod no_spans;
mod handed_on;
mod ending;

pub(crate) use ending::watched;
pub(crate) use given::GivenTrace;
pub(crate) use handed_on::{current, handing_on};
#[cfg(not(feature = "traces"))]
pub(crate) use no_spans::{Traces, add_link, set_attribute, set_parent, traceparent_of};
#[cfg(feature = "traces")]
pub(crate) use spans::{Traces, add_link, set_attribute, set_parent, traceparent_of};
pub(crate) use traceparent::{TRACEPARENT, Traceparent};

/// Whether something of `tracing` is one of this program's spans. They are for traces: the log does not show them, and other
/// crates' spans are in no trace.
pub(crate) fn is_own_span(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
}
