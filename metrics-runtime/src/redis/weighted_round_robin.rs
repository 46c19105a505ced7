//! The order in which a worker checks its queues.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The order in which a worker checks its queues: urgent jobs come first, and no queue starves.
///
/// Each queue has a weight. In each cycle, whose length is the sum of the weights, a queue is the first one as often as
/// its weight, and its turns are spread evenly. The other queues follow in their own order: a worker that finds a queue
/// empty checks the next one, so it finds a job as long as any queue holds one.
///
/// The first queues are chosen by nginx's smooth weighted round-robin:
/// <https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1>.
///
/// ```
/// use metrics_runtime::redis::WeightedRoundRobin;
///
/// // high, default, low: of ten jobs from full queues 6, 3 and 1.
/// let queues = WeightedRoundRobin::new([6, 3, 1]);
/// let order: Vec<usize> = queues.next_order().collect();
/// assert_eq!(order, [0, 1, 2]);
/// let firsts: Vec<usize> = (1..10).filter_map(|_| queues.next_order().next()).collect();
/// assert_eq!(firsts.iter().filter(|queue| **queue == 2).count(), 1);
/// ```
#[derive(Debug)]
pub struct WeightedRoundRobin {
    queues: usize,
    /// The first queue of each order of a cycle.
    firsts: Vec<usize>,
    /// How many orders were given so far.
    given: AtomicUsize,
}

/// A larger sum of weights is scaled down to about this, to bound the memory that a cycle needs.
const MAX_CYCLE: u64 = 1000;

impl WeightedRoundRobin {
    /// One queue for each weight, the most urgent one first. A weight of zero counts as one: a queue that is never the
    /// first one would starve. Weights whose sum is more than 1000 are scaled down.
    #[must_use]
    pub fn new(weights: impl AsRef<[u32]>) -> Self {
        let sum: u64 = weights.as_ref().iter().map(|weight| u64::from((*weight).max(1))).sum();
        let divisor = sum.div_ceil(MAX_CYCLE).max(1);
        let weights: Vec<i64> = weights
            .as_ref()
            .iter()
            .map(|weight| i64::try_from(u64::from(*weight) / divisor).unwrap_or(i64::MAX).max(1))
            .collect();
        Self { queues: weights.len(), firsts: first_queues(&weights), given: AtomicUsize::new(0) }
    }

    /// The next order: the index of each queue in the list of weights, once. Threads that share the value share one
    /// cycle.
    pub fn next_order(&self) -> impl Iterator<Item = usize> + use<> {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        let first = self.firsts.get(given % self.firsts.len().max(1)).copied();
        first.into_iter().chain((0..self.queues).filter(move |queue| Some(*queue) != first))
    }
}

/// Smooth weighted round-robin: in each step every queue gains its weight, and the queue with the most credit comes
/// first and pays the sum of the weights.
fn first_queues(weights: &[i64]) -> Vec<usize> {
    let sum: i64 = weights.iter().sum();
    let mut credit = vec![0; weights.len()];
    let mut firsts = Vec::new();
    for _ in 0..sum {
        credit.iter_mut().zip(weights).for_each(|(credit, weight)| *credit += weight);
        // Among queues with equal credit the most urgent one comes first.
        let Some(first) = (0..credit.len()).rev().max_by_key(|queue| credit[*queue]) else { break };
        credit[first] -= sum;
        firsts.push(first);
    }
    firsts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_is_first_as_often_as_its_weight_and_evenly() {
        let queues = WeightedRoundRobin::new([6, 3, 1]);
        let firsts: Vec<usize> = (0..100).filter_map(|_| queues.next_order().next()).collect();
        let count = |queue| firsts.iter().filter(|first| **first == queue).count();
        assert_eq!([0, 1, 2].map(count), [60, 30, 10]);
        assert!(firsts.windows(4).all(|four| four.contains(&0)), "{firsts:?}");
    }

    #[test]
    fn every_order_has_every_queue_once() {
        for weights in [&[1][..], &[0, 0], &[5, 1, 1, 7], &[u32::MAX, 1]] {
            let queues = WeightedRoundRobin::new(weights);
            for _ in 0..50 {
                let mut order: Vec<usize> = queues.next_order().collect();
                order.sort_unstable();
                assert_eq!(order, (0..weights.len()).collect::<Vec<_>>());
            }
        }
        assert_eq!(WeightedRoundRobin::new([]).next_order().count(), 0);
    }
}
