//! What the program can be told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::queue::Priority;

/// Makes voice-overs and images for videos, job by job, and shows at /metrics how it goes.
///
/// Without options it does the sample jobs with a ComfyUI stand-in of its own, and goes on to serve. With Redis it does the
/// jobs that wait there, and no samples.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub work: Work,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the program's metrics, with the largest number of series that each can have.
    Catalog {
        /// How they are shown.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Serves the ComfyUI stand-in alone, for workers that are told its address.
    #[command(name = "standin")]
    StandinAlone {
        /// Where it listens.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8188")]
        listen: SocketAddr,
        #[command(flatten)]
        standin: Standin,
    },
    /// Puts jobs on the Redis queue, for the workers that take from it.
    Enqueue {
        /// Job files, in JSON.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// How urgent they are.
        #[arg(long, value_enum, default_value_t = Priority::Default)]
        priority: Priority,
        /// The Redis server with the queues.
        #[arg(long, env = "REDIS_URL", value_name = "URL")]
        redis_url: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub struct Work {
    /// Ends when the jobs are done, with a summary: the samples, those of `--jobs`, or those that wait in Redis.
    #[arg(long)]
    pub once: bool,
    /// A folder of job files (*.json) to do, instead of the sample jobs.
    #[arg(long, value_name = "DIR")]
    pub jobs: Option<PathBuf>,
    /// Where the jobs' folders are written.
    #[arg(long, value_name = "DIR", default_value = "video-orchestrator-out")]
    pub out: PathBuf,
    /// The Redis server with the queues; without it they are in memory, and the sample jobs are done.
    #[arg(long, env = "REDIS_URL", value_name = "URL")]
    pub redis_url: Option<String>,
    /// The ComfyUI server; without it a stand-in in this process draws the images.
    #[arg(long, env = "COMFYUI_URL", value_name = "URL")]
    pub comfyui_url: Option<String>,
    /// The Redis key that holds the ComfyUI server's address, such as `current_comfyui_url`, for a server that comes and
    /// goes; `comfyui-register` writes it there.
    #[arg(long, env = "COMFYUI_URL_KEY", value_name = "KEY", requires = "redis_url", conflicts_with = "comfyui_url")]
    pub comfyui_url_key: Option<String>,
    /// How long the address that the key holds is used before it is looked at again, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub comfyui_url_cache: Duration,
    /// How long after its last sign of life a worker is taken for lost, and its job done by another, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub lease: Duration,
    /// How often a job is tried before it is given up.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 3)]
    pub attempts: u32,
    /// How long a job rests after it has failed, before it is tried again, in seconds; twice as long after each further time.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub retry_delay: Duration,
    /// The model that the workflows load.
    #[arg(
        long,
        env = "COMFYUI_CHECKPOINT",
        value_name = "FILE",
        default_value = "v1-5-pruned-emaonly-fp16.safetensors"
    )]
    pub checkpoint: String,
    /// The longest that one image may take, in seconds [default: 1200, or 2 with the stand-in].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub image_timeout: Option<Duration>,
    /// How often the queues are looked at, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub sample_interval: Duration,
    /// Who speaks the scripts.
    #[arg(long, value_enum, default_value_t = Voice::Auto)]
    pub voice: Voice,
    /// Where jobs are taken by `POST /jobs`, while the program serves.
    #[arg(long, value_name = "ADDRESS|off", default_value = "127.0.0.1:8001", value_parser = intake)]
    pub intake: Intake,
    /// What the buckets are multiplied with, for steps that are faster than a GPU's
    /// [default: 1, or 0.01 for `--once` with the stand-in].
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    pub bucket_scale: Option<f64>,
    #[command(flatten)]
    pub standin: Standin,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The ComfyUI stand-in")]
pub struct Standin {
    /// How long 20 sampling steps take, in seconds.
    #[arg(long = "standin-delay", value_name = "SECONDS", value_parser = seconds, default_value = "0.25")]
    pub delay: Duration,
    /// The share of images that fail.
    #[arg(long = "standin-error-rate", value_name = "0..1", value_parser = share, default_value = "0")]
    pub error_rate: f64,
    /// The share of images that are never done.
    #[arg(long = "standin-hang-rate", value_name = "0..1", value_parser = share, default_value = "0")]
    pub hang_rate: f64,
    /// What the chances are drawn from: the same seed, the same failures.
    #[arg(long = "standin-seed", value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Voice {
    /// `espeak-ng` where it is installed, else the built-in synthesizer.
    Auto,
    /// The program `espeak-ng`.
    EspeakNg,
    /// The built-in synthesizer: tones, no words.
    Builtin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    At(SocketAddr),
    Off,
}

impl Work {
    /// Whether the images are drawn in this process.
    pub fn has_standin(&self) -> bool {
        self.comfyui_url.is_none() && self.comfyui_url_key.is_none()
    }

    /// The longest that one image may take.
    pub fn image_timeout(&self) -> Duration {
        let default = if self.has_standin() { 2 } else { 1200 };
        self.image_timeout.unwrap_or(Duration::from_secs(default))
    }

    /// What the buckets are multiplied with.
    pub fn bucket_scale(&self) -> f64 {
        let default = if self.once && self.has_standin() { 0.01 } else { 1.0 };
        self.bucket_scale.unwrap_or(default)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "write a number of seconds, such as `2` or `0.5`".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("write more than zero seconds".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "write a number from 0 to 1".to_owned())
}

fn factor(text: &str) -> Result<f64, String> {
    let factor: Option<f64> = text.parse().ok();
    let wrong = || "write a number from 0.000001 to 1000000".to_owned();
    factor.filter(|factor| (1e-6..=1e6).contains(factor)).ok_or_else(wrong)
}

fn intake(text: &str) -> Result<Intake, String> {
    if text == "off" {
        return Ok(Intake::Off);
    }
    text.parse().map(Intake::At).map_err(|_| "write an IP address and a port, or `off`".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn numbers_have_their_bounds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "inf", "NaN", "two"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        for wrong in ["1.1", "-0.1", "NaN", "half"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert!(factor("0").is_err());
        assert_eq!(factor("0.01"), Ok(0.01));
    }
}
