//! Without the feature `traces`: no span is sent.

use metrics_runtime::TraceContext;
use tracing::{Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Identity;

use super::asked::Asked;
use super::variables::{TracesError, Variables};

/// The traces of the program, which are off.
#[derive(Debug)]
pub(crate) struct Traces;

#[allow(clippy::unused_self, reason = "with the feature they use it")]
impl Traces {
    /// An error if the environment asks for them.
    pub(crate) fn start() -> Result<Self, TracesError> {
        match Asked::read(Variables(&|name| std::env::var_os(name)))? {
            Some(asked) => Err(TracesError::MissingFeature(asked.variable())),
            None => Ok(Self),
        }
    }

    /// None.
    pub(crate) fn off() -> Self {
        Self
    }

    /// None.
    pub(crate) fn layer<S: Subscriber>(&self) -> Option<impl Layer<S> + use<S>> {
        None::<Identity>
    }

    /// There is nothing to send.
    pub(crate) fn end(self) {}
}

/// Nothing.
pub(crate) fn set_parent(_span: &Span, _parent: TraceContext) {}

/// Nothing.
pub(crate) fn add_link(_span: &Span, _to: TraceContext) {}

/// Nothing.
pub(crate) fn set_attribute<V>(_span: &Span, _name: &'static str, _value: V) {}

/// Nothing.
pub(super) fn set_failed(_span: &Span, _text: String) {}

/// No span has a name for others.
pub(crate) fn context_of(_span: &Span) -> Option<TraceContext> {
    None
}
