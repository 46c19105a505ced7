//! How urgent a job is.

use clap::ValueEnum;
use metrics_runtime::Label;
use metrics_runtime::redis::WeightedRoundRobin;

/// How urgent a job is: each priority has its own queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Label, ValueEnum)]
pub(crate) enum Priority {
    High,
    Default,
    Low,
}

impl Priority {
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Default, Self::Low];

    pub(crate) fn as_str(self) -> &'static str {
        ["high", "default", "low"][self as usize]
    }

    /// The order of the queues: of ten looks, six start with the high queue, three with the default one, and one with the low one.
    pub(crate) fn round_robin() -> WeightedRoundRobin {
        WeightedRoundRobin::new([6, 3, 1])
    }

    /// The order of the next turn.
    pub(crate) fn order(round_robin: &WeightedRoundRobin) -> impl Iterator<Item = Self> {
        round_robin.next_order().map(|at| Self::ALL[at])
    }
}
