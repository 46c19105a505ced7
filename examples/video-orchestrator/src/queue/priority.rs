//! How urgent a job is.

use clap::ValueEnum;
use metrics_runtime::Label;
use metrics_runtime::redis::WeightedRoundRobin;

/// How urgent a job is: each has a queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Label, ValueEnum)]
pub enum Priority {
    High,
    Default,
    Low,
}

impl Priority {
    pub const ALL: [Self; 3] = [Self::High, Self::Default, Self::Low];

    pub fn as_str(self) -> &'static str {
        ["high", "default", "low"][self as usize]
    }

    /// Of ten looks six begin with the high queue, three with the default one, and one with the low one.
    pub fn turns() -> WeightedRoundRobin {
        WeightedRoundRobin::new([6, 3, 1])
    }

    /// The order of the next look.
    pub fn order(turns: &WeightedRoundRobin) -> impl Iterator<Item = Self> {
        turns.next_order().map(|at| Self::ALL[at])
    }
}
