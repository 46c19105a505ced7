//! A video orchestrator: takes jobs from a queue, speaks their scripts, has a ComfyUI server draw their images, and
//! shows at `/metrics` how it goes. See the README beside this.

mod cli;
mod variables;
mod given;
mod job;
mod samples;
mod source;
mod rejected;
mod queue;
mod intake;
mod voice;
mod comfy;
mod standin;
mod folder;
mod worker;
mod waiting;
mod run;
mod metrics;
mod progress;
mod summary;
mod catalog;
mod shutdown;
mod failure_text;
mod trouble;
mod output;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::EnvFilter;

use cli::{Cli, Command};
use progress::{LogWriter, Progress};

#[tokio::main]
async fn main() -> ExitCode {
    let matches = variables::without_empty(Cli::command()).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let progress = Arc::new(Progress::new());
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(progress::is_coloured())
        .with_writer(LogWriter(Arc::clone(&progress)))
        .init();
    // An error means that there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = match cli.command {
        Some(Command::Catalog { format }) => output::print(&catalog::show(format)).map(|()| true),
        Some(Command::StandinAlone { listen, standin }) => run::standin(listen, standin, &progress).await,
        Some(Command::Enqueue { files, priority, redis_url }) => {
            run::enqueue(&files, priority, redis_url.as_deref(), &progress).await
        }
        None => run::run(cli.work, Arc::clone(&progress)).await,
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress.finish();
            progress.line(&format!("error: {}", failure_text::of(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}
