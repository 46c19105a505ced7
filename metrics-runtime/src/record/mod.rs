//! The path of a value: from a call's guard or a declared metric to a row of our own recorder, or to a handle of the
//! `metrics` facade.

mod read_by_calls;
mod clock;
mod facade;
mod sample;
mod fraction;
mod facade_handle;
#[cfg(feature = "exemplars")]
mod sampled_span;
#[cfg(feature = "exemplars")]
mod current_span;
#[cfg(feature = "exemplars")]
mod spans;
mod call_span;
#[cfg(feature = "opentelemetry")]
mod opentelemetry_context;
#[cfg(feature = "opentelemetry")]
mod followed_spans;
#[cfg(feature = "exemplars")]
mod trace_context_source;
mod capture_scope;
mod mode;
#[cfg(feature = "exporter")]
mod series_source;
mod kept_handle;
mod own;
mod family;
#[cfg(feature = "exemplars")]
mod exemplar;
mod call_end;
mod call_state;
mod expected;
mod site;
mod call;
mod measured;
mod stretch;
#[cfg(feature = "stream")]
mod stream;
mod oldest;

pub use call::Call;
pub use call_end::CallValue;
pub(crate) use capture_scope::replace as replace_capture;
pub use expected::Expected;
pub(crate) use facade::{recorder_address, with_global_recorder};
#[cfg(feature = "exporter")]
pub(crate) use family::OWN_TARGET;
#[cfg(feature = "opentelemetry")]
pub(crate) use followed_spans::{FollowedSpan, refresh_current_span};
pub(crate) use fraction::{Fraction, fraction_in_hand};
pub use measured::{Awaited, Measured};
pub(crate) use mode::{Mode, begin_capture, end_capture, set_mode_once};
#[cfg(all(test, feature = "exporter"))]
pub(crate) use mode::{current as current_mode, set_slow_clock_mode};
pub use oldest::OldestCall;
#[cfg(feature = "opentelemetry")]
pub(crate) use opentelemetry_context::opentelemetry_context;
pub(crate) use sample::{Bits, Sample};
#[cfg(feature = "exporter")]
pub(crate) use series_source::{SeriesSource, install_series_source};
#[cfg(feature = "stream")]
pub use stream::{MeasuredStream, measure_stream};
pub(crate) use stretch::{CountedStretch, TimedStretch};
#[cfg(feature = "exemplars")]
pub(crate) use trace_context_source::set_trace_context_source;
