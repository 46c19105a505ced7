//! The options of the work: those of the domains, and the few that concern several.

use std::time::Duration;

use clap::Args;

use super::fleet::FleetOptions;
use super::workers::WorkersOptions;
use crate::comfy::{self, ComfyOptions};
use crate::fake_server::{self, FakeServerOptions};
use crate::jobs::JobOptions;
use crate::queue::QueueOptions;
use crate::settings::parse_factor;
use crate::voice::VoiceOptions;

#[derive(Debug, Args)]
pub(crate) struct WorkOptions {
    /// Ends when the jobs are done, with a summary: the samples, those of `--jobs`, or those that wait in Redis.
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) workers: WorkersOptions,
    #[command(flatten)]
    pub(crate) jobs: JobOptions,
    #[command(flatten)]
    pub(crate) queue: QueueOptions,
    #[command(flatten)]
    pub(crate) fleet: FleetOptions,
    #[command(flatten)]
    pub(crate) comfy: ComfyOptions,
    #[command(flatten)]
    pub(crate) voice: VoiceOptions,
    /// The buckets are multiplied by this, for steps that are faster than a GPU's
    /// [default: 1, or 0.01 for `--once` with the fake server].
    #[arg(long, value_name = "FACTOR", value_parser = parse_factor)]
    bucket_scale: Option<f64>,
    #[command(flatten)]
    pub(crate) fake_server: FakeServerOptions,
}

impl WorkOptions {
    /// Whether the images are drawn in this process.
    pub(crate) fn has_fake_server(&self) -> bool {
        !self.comfy.has_server()
    }

    /// The longest that one image may take.
    pub(crate) fn image_timeout(&self) -> Duration {
        let default = if self.has_fake_server() { fake_server::IMAGE_TIMEOUT } else { comfy::IMAGE_TIMEOUT };
        self.comfy.image_timeout.unwrap_or(default)
    }

    /// The factor of the buckets.
    pub(crate) fn bucket_scale(&self) -> f64 {
        let default = if self.once && self.has_fake_server() { 0.01 } else { 1.0 };
        self.bucket_scale.unwrap_or(default)
    }
}
