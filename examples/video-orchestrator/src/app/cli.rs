//! The command line.

use clap::{Parser, Subcommand};

use super::catalog_command::CatalogCommand;
use super::commands::{EnqueueOptions, FakeServerCommand};
use super::work_options::WorkOptions;

/// Makes voice-overs and images for videos, job by job, and shows at /metrics how it goes.
///
/// Without options it does the sample jobs with its own fake ComfyUI server, and then serves. With Redis it does the jobs
/// that wait there, and no samples.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) work: WorkOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the program's metrics, with the largest number of series that each can have; writes files that are made from
    /// them; checks queries.
    Catalog(CatalogCommand),
    /// Serves the fake ComfyUI server alone, for workers that know its address.
    FakeServer(FakeServerCommand),
    /// Puts jobs on the Redis queue, for the workers that take from it.
    Enqueue(EnqueueOptions),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
