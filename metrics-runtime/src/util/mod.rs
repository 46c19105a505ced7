//! Helpers that know nothing about metrics.

mod catch_panic;
mod const_text;
mod debug_is_display;
#[cfg(any(feature = "exporter", feature = "redis"))]
mod redact_address;
mod erased;
mod process_status;
mod since_1970;
#[cfg(all(feature = "exporter", target_os = "linux"))]
mod proc_files;
#[cfg(feature = "exporter")]
mod gzip;
#[cfg(any(feature = "otlp", feature = "push"))]
mod percent_decoded;
#[cfg(feature = "exporter")]
pub(crate) mod json;
#[cfg(feature = "exporter")]
mod shown;

pub(crate) use catch_panic::catch_panic;
pub(crate) use const_text::ConstText;
pub(crate) use debug_is_display::debug_is_display;
pub(crate) use erased::with_any;
#[cfg(feature = "exporter")]
pub(crate) use gzip::gzip;
#[cfg(any(feature = "otlp", feature = "push"))]
pub(crate) use percent_decoded::percent_decoded;
pub(crate) use process_status::ProcessStatus;
#[cfg(feature = "redis")]
pub use redact_address::redact_address;
#[cfg(all(feature = "exporter", not(feature = "redis")))]
pub(crate) use redact_address::redact_address;
#[cfg(feature = "exporter")]
pub(crate) use shown::shown;
#[cfg(any(feature = "otlp", feature = "push"))]
pub(crate) use shown::shown_to;
pub(crate) use since_1970::since_1970;
