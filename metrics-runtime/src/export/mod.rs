//! The roads by which the page leaves the program without a scrape. Each has a thread of its own.

mod road;
#[cfg(feature = "push")]
mod at_exit;
#[cfg(any(feature = "otlp", feature = "push"))]
mod http;
#[cfg(feature = "push")]
mod pushgateway;
#[cfg(feature = "otlp")]
mod state;
#[cfg(feature = "otlp")]
mod otlp;
mod textfile;
mod thread;
mod roads;

#[cfg(feature = "push")]
pub use at_exit::AtExit;
#[cfg(all(fuzzing, feature = "otlp"))]
pub(crate) use otlp::fuzzing;
#[cfg(feature = "otlp")]
pub(crate) use otlp::{OtlpRoad, OtlpSettings};
#[cfg(feature = "push")]
pub(crate) use pushgateway::{PushGroup, Pushgateway};
pub(crate) use road::Road;
pub(crate) use roads::{Roads, flush_all};
pub(crate) use textfile::{Textfile, write_textfile};
