//! The spans, as OpenTelemetry has them.

use std::time::Duration;

use metrics_runtime::{TraceContext, exemplar_layer};
use opentelemetry::trace::{
    SpanContext, SpanId, Status, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, Value};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::asked::Asked;
use super::export::provider;
use super::own_spans::is_own_span;
use super::settings::Settings;
use super::variables::{TracesError, Variables};

/// How long the last spans may take to be sent.
const LAST_FLUSH: Duration = Duration::from_secs(5);

/// The traces of the program, which may be off.
#[derive(Debug)]
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Starts them, if the environment asks for them.
    pub(crate) fn start() -> Result<Self, TracesError> {
        let variables = Variables(&|name| std::env::var_os(name));
        let Some(asked) = Asked::read(variables)? else { return Ok(Self::off()) };
        provider(Settings::read(&asked, variables)?).map(|provider| Self(Some(provider)))
    }

    /// None.
    pub(crate) fn off() -> Self {
        Self(None)
    }

    /// What makes them of spans, and names the spans in the exemplars of the metrics; `None` where they are off.
    pub(crate) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer = self.0.as_ref()?.tracer(env!("CARGO_PKG_NAME"));
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        // Whatever the log shows.
        let filter = filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO);
        Some(exemplar_layer(layer).with_filter(filter))
    }

    /// Sends the last spans, within a time limit.
    pub(crate) fn end(self) {
        let Some(provider) = self.0 else { return };
        if provider.shutdown_with_timeout(LAST_FLUSH).is_err() {
            tracing::warn!("the last traces were not sent within {} s", LAST_FLUSH.as_secs());
        }
    }
}

/// The span that a span is in. It is without an effect after the span was first entered.
pub(crate) fn set_parent(span: &Span, parent: TraceContext) {
    // An error means that traces are off.
    let _ = span.set_parent(Context::new().with_remote_span_context(span_context(parent)));
}

/// Points from a span to another that it is not in.
pub(crate) fn add_link(span: &Span, to: TraceContext) {
    span.add_link(span_context(to));
}

/// An attribute that is known only after the span has begun.
pub(crate) fn set_attribute(span: &Span, name: &'static str, value: impl Into<Value>) {
    span.set_attribute(name, value);
}

/// The work of a span has failed.
pub(super) fn set_failed(span: &Span, text: String) {
    span.set_status(Status::error(text));
}

/// How others name this span; `None` where traces are off. A span that is not sampled has a name too.
pub(crate) fn context_of(span: &Span) -> Option<TraceContext> {
    let context = span.context();
    let context = context.span().span_context().clone();
    let trace_id = u128::from_be_bytes(context.trace_id().to_bytes());
    TraceContext::new(trace_id, u64::from_be_bytes(context.span_id().to_bytes()), context.is_sampled())
}

fn span_context(context: TraceContext) -> SpanContext {
    let flags = if context.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let (trace_id, span_id) = (TraceId::from(context.trace_id()), SpanId::from(context.span_id()));
    SpanContext::new(trace_id, span_id, flags, true, TraceState::default())
}
