//! The program: its command line, and what puts the other folders together.

mod catalog_command;
mod cli;
mod commands;
mod fleet;
mod pauses;
mod job_loop;
mod job_outcome;
mod metrics;
mod readiness;
mod shared_folder;
mod shutdown;
mod supervisor;
mod tally;
mod work;
mod workers;
mod work_options;

use std::process::ExitCode;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

use crate::report::{LogWriter, Progress, failure_text, has_colours};
use crate::settings::parse_command_line;
use cli::{Cli, Command};

/// Runs the command that the command line names.
pub(crate) async fn run() -> ExitCode {
    let cli: Cli = parse_command_line();
    let is_one_of_several = cli.work.workers.number.is_some() || cli.work.workers.are_several();
    let progress = Arc::new(if is_one_of_several { Progress::in_lines() } else { Progress::new() });
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(has_colours())
        .with_writer(LogWriter(Arc::clone(&progress)))
        .init();
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = match cli.command {
        Some(Command::Catalog(command)) => catalog_command::show_catalog(&command, &progress),
        Some(Command::FakeServer(options)) => commands::serve_fake_server(options, &progress).await,
        Some(Command::Enqueue(options)) => commands::enqueue(&options, &progress).await,
        None if cli.work.workers.are_several() => supervisor::supervise(cli.work, Arc::clone(&progress)).await,
        None => work::work(cli.work, Arc::clone(&progress)).await,
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress.finish();
            progress.line(&format!("error: {}", failure_text(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}
