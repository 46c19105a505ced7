//! In which order queues are looked at.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Takes turns between queues, so that urgent jobs come first and none starves.
///
/// Each queue has a weight: of as many looks as the weights' sum, so many begin with it, spread evenly. The others follow in
/// their order, so an empty queue's turn is the next one's, and as long as there is a job anywhere a look finds it.
///
/// ```
/// use metrics_runtime::redis::Turns;
///
/// // high, default, low: of ten jobs from full queues 6, 3 and 1.
/// let turns = Turns::new([6, 3, 1]);
/// let first: Vec<usize> = turns.next_order().collect();
/// assert_eq!(first, [0, 1, 2]);
/// let firsts: Vec<usize> = (1..10).filter_map(|_| turns.next_order().next()).collect();
/// assert_eq!(firsts.iter().filter(|queue| **queue == 2).count(), 1);
/// ```
#[derive(Debug)]
pub struct Turns {
    queues: usize,
    /// Which queue each look begins with.
    firsts: Vec<usize>,
    next: AtomicUsize,
}

/// What the sum of the weights is brought down to, where it is larger.
const LONGEST: u64 = 1000;

impl Turns {
    /// So many queues, the most urgent first, each with its weight. A weight of zero is taken as one: a queue that never
    /// begins a look would starve.
    #[must_use]
    pub fn new(weights: impl AsRef<[u32]>) -> Self {
        let sum: u64 = weights.as_ref().iter().map(|weight| u64::from((*weight).max(1))).sum();
        let divisor = sum.div_ceil(LONGEST).max(1);
        let weights: Vec<i64> = weights
            .as_ref()
            .iter()
            .map(|weight| i64::try_from(u64::from(*weight) / divisor).unwrap_or(i64::MAX).max(1))
            .collect();
        Self { queues: weights.len(), firsts: spread(&weights), next: AtomicUsize::new(0) }
    }

    /// The queues, by their places, in the order of the next look.
    pub fn next_order(&self) -> impl Iterator<Item = usize> + use<> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let first = self.firsts.get(at % self.firsts.len().max(1)).copied();
        first.into_iter().chain((0..self.queues).filter(move |queue| Some(*queue) != first))
    }
}

/// Smooth weighted round-robin: each queue gains its weight, and the one that has most goes first and pays the sum.
fn spread(weights: &[i64]) -> Vec<usize> {
    let sum: i64 = weights.iter().sum();
    let mut credit = vec![0; weights.len()];
    let mut firsts = Vec::new();
    for _ in 0..sum {
        credit.iter_mut().zip(weights).for_each(|(credit, weight)| *credit += weight);
        // Of several with as much the most urgent one.
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
    fn each_queue_begins_as_often_as_its_weight_and_evenly() {
        let turns = Turns::new([6, 3, 1]);
        let firsts: Vec<usize> = (0..100).filter_map(|_| turns.next_order().next()).collect();
        let count = |queue| firsts.iter().filter(|first| **first == queue).count();
        assert_eq!([0, 1, 2].map(count), [60, 30, 10]);
        assert!(firsts.windows(4).all(|four| four.contains(&0)), "{firsts:?}");
    }

    #[test]
    fn every_look_has_every_queue_once() {
        for weights in [&[1][..], &[0, 0], &[5, 1, 1, 7], &[u32::MAX, 1]] {
            let turns = Turns::new(weights);
            for _ in 0..50 {
                let mut order: Vec<usize> = turns.next_order().collect();
                order.sort_unstable();
                assert_eq!(order, (0..weights.len()).collect::<Vec<_>>());
            }
        }
        assert_eq!(Turns::new([]).next_order().count(), 0);
    }
}
