//! The layer that keeps the current span at hand for calls.

use tracing::Subscriber;
use tracing::span::Id;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Layered};
use tracing_subscriber::registry::LookupSpan;

use crate::record::{FollowedSpan, follow_spans, refresh_current_span};

/// Keeps the current span of `tracing` at hand, so that a call finds its place in a trace in a few instructions. `opentelemetry` is
/// the layer of `tracing-opentelemetry`, which makes the spans:
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// # fn subscriber<T>(tracer: T) -> impl tracing::Subscriber
/// # where T: opentelemetry::trace::Tracer + Send + Sync + 'static, T::Span: Send + Sync {
/// let layer = tracing_opentelemetry::layer().with_tracer(tracer);
/// tracing_subscriber::registry().with(metrics_runtime::exemplar_layer(layer))
/// # }
/// ```
///
/// Without it, each call asks OpenTelemetry for its current span, which takes some ten times as long. With it, exemplars name spans
/// of `tracing` alone, and not those that are only attached to a context of OpenTelemetry; and a call that ends after its span has
/// closed has no exemplar.
pub fn exemplar_layer<S, L>(opentelemetry: L) -> Layered<ExemplarLayer, L, S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    follow_spans();
    // Its own layer is the outer one: a span is attached before it is read, and detached before the one around it is.
    opentelemetry.and_then(ExemplarLayer(()))
}

/// A part of what [`exemplar_layer`] makes.
#[derive(Debug)]
pub struct ExemplarLayer(());

impl<S> Layer<S> for ExemplarLayer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        refresh_current_span();
        let Some(span) = context.span(id) else { return };
        let is_known = span.extensions().get::<FollowedSpan>().is_some();
        if !is_known && let Some(followed) = FollowedSpan::current() {
            span.extensions_mut().insert(followed);
        }
    }

    fn on_exit(&self, _id: &Id, _context: Context<'_, S>) {
        refresh_current_span();
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id) {
            span.extensions_mut().remove::<FollowedSpan>();
        }
    }
}
