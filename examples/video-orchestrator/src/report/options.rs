//! The options of the list of metrics.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct MetricListOptions {
    /// The format of the list.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}
