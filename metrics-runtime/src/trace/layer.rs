//! The layer that keeps the current span at hand for calls.

use tracing::Subscriber;
use tracing::span::Id;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Layered};
use tracing_subscriber::registry::LookupSpan;

use crate::record::{FollowedSpan, refresh_current_span};

/// Names calls in histograms and counters by their span of `tracing`, as exemplars: from a bar of a histogram, a person finds the
/// trace of a call that is in it (feature `opentelemetry`). `opentelemetry` is the layer of `tracing-opentelemetry`, which makes the
/// spans:
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
/// It keeps the current span at hand, so that a call finds it in a few instructions. The span is the one in which the call starts, if
/// it is sampled. A call that ends after its span has closed has no exemplar. Contexts of OpenTelemetry that are attached without
/// `tracing` are not seen: for them there is [`opentelemetry_context`](crate::opentelemetry_context).
///
/// The layer of `tracing-opentelemetry` must attach its spans, as it does by default (`with_context_activation`).
pub fn exemplar_layer<S, L>(opentelemetry: L) -> Layered<ExemplarLayer, L, S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
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
