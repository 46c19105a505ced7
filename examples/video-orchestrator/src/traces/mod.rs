//! Traces: which trace a job belongs to, on its way through the queue, and the spans of the work. They are sent by OTLP where the
//! variables of OpenTelemetry ask for it, and where the feature `traces` is on.

mod given;
mod variables;
mod asked;
#[cfg(feature = "traces")]
mod pairs;
#[cfg(feature = "traces")]
mod settings;
#[cfg(feature = "traces")]
mod export;
mod own_spans;
// Two files with the same names.
#[cfg_attr(not(feature = "traces"), path = "no_spans.rs")]
mod spans;
mod remote_parent;
mod ending;

pub(crate) use ending::watched;
pub(crate) use given::{GivenTrace, TRACEPARENT};
pub(crate) use own_spans::is_own_span;
pub(crate) use remote_parent::{current_context, in_remote_parent};
pub(crate) use spans::{Traces, add_link, context_of, set_attribute, set_parent};
