//! The program: its command line, and what puts the other folders together.

mod catalog_command;
mod cli;
mod commands;
mod attempt_span;
mod fleet;
mod pauses;
mod job_loop;
mod job_outcome;
mod log;
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

use crate::report::{Progress, failure_text};
use crate::settings::parse_command_line;
use crate::traces::Traces;
use cli::{Cli, Command};

/// Runs the command that the command line names.
pub(crate) async fn run() -> ExitCode {
    let cli: Cli = parse_command_line();
    let is_one_of_several = cli.work.workers.number.is_some() || cli.work.workers.are_several();
    let progress = Arc::new(if is_one_of_several { Progress::in_lines() } else { Progress::new() });
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The other commands have nothing to do with jobs.
    let has_spans = matches!(cli.command, None | Some(Command::Enqueue(_)));
    let started = if has_spans { Traces::start() } else { Ok(Traces::off()) };
    let (traces, problem) = started.map_or_else(|error| (Traces::off(), Some(error)), |traces| (traces, None));
    log::install(&progress, &traces);
    let result = match problem {
        Some(error) => Err(error.into()),
        None => run_command(cli, &progress).await,
    };
    traces.end();
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

/// `false`: not all has ended as it should.
async fn run_command(cli: Cli, progress: &Arc<Progress>) -> anyhow::Result<bool> {
    match cli.command {
        Some(Command::Catalog(command)) => catalog_command::show_catalog(&command, progress),
        Some(Command::FakeServer(options)) => commands::serve_fake_server(options, progress).await,
        Some(Command::Enqueue(options)) => commands::enqueue(&options, progress).await,
        None if cli.work.workers.are_several() => supervisor::supervise(cli.work, Arc::clone(progress)).await,
        None => work::work(cli.work, Arc::clone(progress)).await,
    }
}
