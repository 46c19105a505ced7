//! Which queue is looked at first.

use std::sync::atomic::{AtomicU32, Ordering};

use clap::ValueEnum;
use metrics_runtime::Label;

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
}

/// Takes turns, so that nothing starves: of ten looks six begin with the high queue, three with the default one, and one
/// with the low one. An empty queue's turn is the next one's.
#[derive(Debug, Default)]
pub struct Turns(AtomicU32);

impl Turns {
    /// The order of the next look.
    pub fn next(&self) -> [Priority; 3] {
        use Priority::{Default, High, Low};
        match self.0.fetch_add(1, Ordering::Relaxed) % 10 {
            9 => [Low, High, Default],
            2 | 5 | 8 => [Default, High, Low],
            _ => [High, Default, Low],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_has_its_turn() {
        let turns = Turns::default();
        let firsts: Vec<Priority> = (0..100).map(|_| turns.next()[0]).collect();
        let count = |priority| firsts.iter().filter(|first| **first == priority).count();
        assert_eq!(Priority::ALL.map(count), [60, 30, 10]);
    }
}
