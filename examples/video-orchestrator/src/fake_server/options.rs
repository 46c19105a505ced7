//! The options of the fake server.

use std::time::Duration;

use clap::Args;

use crate::settings::{parse_seconds, parse_share};

/// The longest that one image may take. It is far longer than an image takes by default, and short enough that the sample
/// job with too many sampling steps fails soon.
pub(crate) const IMAGE_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The fake ComfyUI server")]
pub(crate) struct FakeServerOptions {
    /// How long 20 sampling steps take, in seconds.
    #[arg(long = "fake-server-delay", alias = "standin-delay", value_name = "SECONDS", value_parser = parse_seconds, default_value = "0.25")]
    pub(crate) delay: Duration,
    /// The share of images that fail.
    #[arg(long = "fake-server-error-rate", alias = "standin-error-rate", value_name = "0..1", value_parser = parse_share, default_value = "0")]
    pub(crate) error_rate: f64,
    /// The share of images that never end.
    #[arg(long = "fake-server-hang-rate", alias = "standin-hang-rate", value_name = "0..1", value_parser = parse_share, default_value = "0")]
    pub(crate) hang_rate: f64,
    /// The seed of the random numbers: the same seed gives the same failures.
    #[arg(long = "fake-server-seed", alias = "standin-seed", value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
}
