//! OTLP over HTTP, in Protocol Buffers: <https://opentelemetry.io/docs/specs/otlp/#otlphttp>.

mod wire;
mod request;
mod answer;
mod retry_after;
mod sent_exemplars;
mod exporter;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;

pub(crate) use exporter::{OtlpRoad, OtlpSettings};
