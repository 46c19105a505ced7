//! What the one line in `main` does: `init` with its settings, or `attach`; and the series that exist from the start.

mod first_series;
mod notes;
mod build_info;
mod attach;
#[cfg(feature = "exporter")]
mod config_error;
#[cfg(feature = "exporter")]
mod variable;
#[cfg(feature = "exporter")]
mod program_file;
#[cfg(feature = "exporter")]
mod labels;
#[cfg(feature = "exporter")]
mod listen_address;
#[cfg(feature = "exporter")]
mod config;
#[cfg(feature = "otlp")]
mod instance;
#[cfg(feature = "otlp")]
mod otlp_settings;
#[cfg(feature = "push")]
mod push_settings;
#[cfg(feature = "exporter")]
mod road_settings;
#[cfg(feature = "exporter")]
mod init_error;
#[cfg(feature = "exporter")]
mod handle;
#[cfg(feature = "exporter")]
mod flush;
#[cfg(feature = "exporter")]
mod install;
#[cfg(feature = "exporter")]
mod init;
#[cfg(all(fuzzing, feature = "exporter"))]
#[allow(missing_docs, clippy::missing_errors_doc, clippy::must_use_candidate, reason = "only the fuzz targets use it")]
pub mod fuzzing;

pub use attach::{AttachError, attach};
#[cfg(feature = "exporter")]
pub use config_error::ConfigError;
#[cfg(feature = "exporter")]
pub use flush::flush;
#[cfg(feature = "exporter")]
pub use handle::Handle;
#[cfg(feature = "exporter")]
pub use init::{Builder, builder, init};
#[cfg(feature = "exporter")]
pub use init_error::InitError;
#[cfg(all(feature = "exporter", feature = "redis"))]
pub(crate) use labels::check_label;
#[cfg(feature = "exporter")]
pub use listen_address::ListenAddress;
