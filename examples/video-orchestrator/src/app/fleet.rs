//! The fleet of the workers that share a Redis, for Prometheus.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use metrics_runtime::Handle;
use metrics_runtime::redis::{Fleet, Membership};

use crate::queue::JobQueue;
use crate::settings::parse_seconds;

/// The key of the workers' registrations.
const KEY: &str = "video_orchestrator:fleet";
/// Stands for the address where the metrics are served.
const AUTO: &str = "auto";

#[derive(Debug, Args)]
pub(crate) struct FleetOptions {
    /// Lists this worker, with all that share the Redis server, at `/sd` of their metrics for Prometheus: the host and port where
    /// Prometheus reaches its metrics, or `auto` for the address where it listens.
    #[arg(long, env = "FLEET", value_name = "ADDRESS|auto")]
    fleet: Option<String>,
    /// How long after its last renewal a worker counts as lost in the fleet, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "15")]
    fleet_time_to_live: Duration,
    /// How long a lost worker stays on the list after that, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "900")]
    fleet_keep_lost: Duration,
}

impl FleetOptions {
    /// Joins the fleet, if the options say so. The program leaves it when the membership is dropped.
    pub(crate) fn join(&self, queue: &JobQueue, metrics: &Handle) -> anyhow::Result<Option<Membership>> {
        let Some(address) = &self.fleet else { return Ok(None) };
        let JobQueue::Redis(redis) = queue else {
            bail!("`--fleet` is for workers that share a Redis server: set `REDIS_URL` too, or give `--redis-url`");
        };
        let fleet =
            Fleet::new(redis.client(), KEY).time_to_live(self.fleet_time_to_live).keep_lost(self.fleet_keep_lost);
        let fleet = if address == AUTO { fleet } else { fleet.address(address) };
        let joined = fleet.join(metrics).map(Some);
        joined.with_context(|| format!("`--fleet {address}` (or `FLEET`) cannot be used"))
    }
}
