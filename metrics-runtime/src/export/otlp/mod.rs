//! OTLP over HTTP, in Protocol Buffers: <https://opentelemetry.io/docs/specs/otlp/#otlphttp>.

mod wire;
mod request;
mod answer;
mod retry_after;
mod exporter;

pub(crate) use exporter::{OtlpRoad, OtlpSettings};
