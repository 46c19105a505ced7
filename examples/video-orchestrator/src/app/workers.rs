//! The options of several processes on one machine.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct WorkersOptions {
    /// How many processes take jobs from Redis, with one page of metrics. One that is killed is started again.
    #[arg(
        long,
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=64),
        default_value_t = 1,
        conflicts_with_all = ["once", "jobs"]
    )]
    pub(super) workers: u32,
    /// Given by the process that has started this one: which of the workers it is.
    #[arg(long, hide = true)]
    pub(super) number: Option<u32>,
}

/// The option that says which worker it is.
pub(super) const NUMBER: &str = "--number";

impl WorkersOptions {
    /// Whether this process starts others, which do the jobs.
    pub(super) fn are_several(&self) -> bool {
        self.workers > 1 && self.number.is_none()
    }

    /// Whether jobs come in here over HTTP: only one process can have the address.
    pub(super) fn takes_in(&self) -> bool {
        self.number.is_none_or(|number| number == 1)
    }
}
