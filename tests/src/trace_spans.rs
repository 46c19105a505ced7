//! The spans that a receiver of OTLP has got.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message as _;

use crate::otlp_receiver::{OtlpReceiver, Request};

/// A span, with its ids in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceSpan {
    /// Its name.
    pub name: String,
    /// `Producer`, `Client` and so on.
    pub kind: String,
    /// The trace that it is in.
    pub trace_id: String,
    /// Its own id.
    pub span_id: String,
    /// The span that it is in; empty for the first one of a trace.
    pub parent: String,
    /// The traces and spans to which it is linked.
    pub links: Vec<(String, String)>,
    /// What is known of it, numbers as texts.
    pub attributes: BTreeMap<String, String>,
    /// The text of its error, where its status is one.
    pub error: Option<String>,
    /// What is known of the program.
    pub resource: BTreeMap<String, String>,
}

impl TraceSpan {
    /// An attribute; empty where there is none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// The span as the header `traceparent` names it.
    #[must_use]
    pub fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace_id, self.span_id)
    }

    fn of(span: Span, resource: &BTreeMap<String, String>) -> Self {
        let status = span.status.clone().unwrap_or_default();
        Self {
            kind: format!("{:?}", span.kind()).trim_start_matches("SpanKind::").to_owned(),
            trace_id: hexadecimal(&span.trace_id),
            span_id: hexadecimal(&span.span_id),
            parent: hexadecimal(&span.parent_span_id),
            links: span.links.iter().map(|link| (hexadecimal(&link.trace_id), hexadecimal(&link.span_id))).collect(),
            attributes: attributes(span.attributes),
            error: (status.code() == StatusCode::Error).then_some(status.message),
            resource: resource.clone(),
            name: span.name,
        }
    }
}

impl OtlpReceiver {
    /// All spans that have come so far.
    ///
    /// # Panics
    ///
    /// If a request for traces is not OTLP.
    #[must_use]
    pub fn spans(&self) -> Vec<TraceSpan> {
        self.requests().iter().filter(|request| request.line.contains("/v1/traces ")).flat_map(spans).collect()
    }
}

fn spans(request: &Request) -> Vec<TraceSpan> {
    let decoded = ExportTraceServiceRequest::decode(&request.uncompressed()[..]).expect("the body is OTLP");
    let mut spans = Vec::new();
    for of_resource in decoded.resource_spans {
        let resource = attributes(of_resource.resource.map(|resource| resource.attributes).unwrap_or_default());
        for span in of_resource.scope_spans.into_iter().flat_map(|of_scope| of_scope.spans) {
            spans.push(TraceSpan::of(span, &resource));
        }
    }
    spans
}

/// # Panics
///
/// If there are two of one name.
fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    for KeyValue { key, value, .. } in pairs {
        let text = match value {
            Some(AnyValue { value: Some(Value::StringValue(text)) }) => text,
            Some(AnyValue { value: Some(Value::IntValue(number)) }) => number.to_string(),
            other => format!("{other:?}"),
        };
        assert!(attributes.insert(key.clone(), text).is_none(), "there are two attributes `{key}`");
    }
    attributes
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
