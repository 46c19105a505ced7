//! The options of the queues.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::lease::Lease;
use crate::settings::{AddressSetting, parse_seconds};

#[derive(Debug, Args)]
pub(crate) struct QueueOptions {
    /// The Redis server with the queues; without it they are in memory, and the sample jobs are done.
    #[arg(long, env = "REDIS_URL", value_name = "URL")]
    pub(crate) redis_url: Option<AddressSetting>,
    /// How long after its last renewal a worker counts as lost, and another does its job, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "60")]
    pub(crate) lease: Duration,
    /// How often a job is tried before it is given up.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 3)]
    pub(crate) attempts: u32,
    /// How long a job that has failed waits before it is tried again, in seconds; it doubles with each attempt.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "10")]
    pub(crate) retry_delay: Duration,
    /// How often the queues are sampled, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "10")]
    pub(crate) sample_interval: Duration,
    /// Where jobs are taken by `POST /jobs`, while the program serves.
    #[arg(long, value_name = "ADDRESS|off", default_value = "127.0.0.1:8001", value_parser = parse_intake)]
    pub(crate) intake: IntakeAddress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntakeAddress {
    At(SocketAddr),
    Off,
}

impl QueueOptions {
    /// The lease of each job.
    pub(crate) fn lease(&self) -> Lease {
        Lease { time: self.lease, attempts: self.attempts, retry_delay: self.retry_delay }
    }
}

fn parse_intake(text: &str) -> Result<IntakeAddress, String> {
    if text == "off" {
        return Ok(IntakeAddress::Off);
    }
    text.parse().map(IntakeAddress::At).map_err(|_| "write an IP address and a port, or `off`".to_owned())
}
