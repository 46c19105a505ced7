//! A video orchestrator: takes jobs from a queue, speaks their scripts, has a ComfyUI server draw their images, and
//! shows at `/metrics` how it goes. See the README beside this.
//!
//! Each folder is a domain with its own command-line options. This list starts at the ground: a folder imports only from
//! folders before it, and only `main.rs` imports from `app`.
//!
//! - `settings`: how settings are read.
//! - `report`: progress, log lines, tables of the metrics. It knows no other folder.
//! - `traces`: the trace of a job, and the spans of the work. It knows `report`.
//! - `comfy`: the client of a ComfyUI server. It knows `settings` and `traces`.
//! - `voice`: the voice-over. It knows no other folder.
//! - `jobs`: a job, its files, and the worker that does it. It knows `comfy`, `voice`, `traces` and `report`.
//! - `queue`: where jobs wait, in memory or in Redis, and how they come in over HTTP. It knows `jobs`, `traces`, `report` and
//!   `settings`.
//! - `fake_server`: a fake ComfyUI server. It knows `settings`; its tests know `comfy`.
//! - `app`: the command line, and what puts the rest together. It knows all of them.

mod settings;
mod report;
mod traces;
mod comfy;
mod voice;
mod jobs;
mod queue;
mod fake_server;
mod app;

use std::process::ExitCode;

metrics_runtime::build_info!();

#[tokio::main]
async fn main() -> ExitCode {
    app::run().await
}
