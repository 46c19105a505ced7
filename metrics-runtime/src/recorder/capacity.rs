//! Whether the series that exist from the start fit into the recorder.

use super::store::Store;
use crate::storage::{CAPACITY, FIRST_WORD, row_start};

/// They do not fit.
#[derive(Debug)]
pub(crate) struct CapacityError {
    /// How many there are.
    pub(crate) series: u64,
    /// For how many words.
    pub(crate) words: usize,
    /// The metric that takes most of the room, and its part of the series.
    pub(crate) largest: (&'static str, u64),
}

/// The series that are created with the recorder are known before it is installed, so that an error changes nothing.
pub(super) fn check(store: &Store) -> Result<(), CapacityError> {
    let metrics = || store.metrics().iter().map(|metric| (metric.name, metric.series_at_start(), metric.width()));
    let behind = metrics().try_fold(FIRST_WORD, |next, (_, series, width)| word_after_rows(next, series, width));
    if behind.is_some() {
        return Ok(());
    }
    let words = |(_, series, width): &(_, u64, usize)| u128::from(*series) * *width as u128;
    let largest = metrics().max_by_key(words).map_or(("", 0), |(name, series, _)| (name, series));
    Err(CapacityError {
        series: metrics().map(|(_, series, _)| series).fold(0, u64::saturating_add),
        words: CAPACITY,
        largest,
    })
}

/// The word behind so many rows, as they would be allocated; `None` where they do not fit.
fn word_after_rows(mut next: usize, rows: u64, width: usize) -> Option<usize> {
    for _ in 0..rows {
        next = row_start(next, width)? + width;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_but_the_first_are_for_series() {
        let all = CAPACITY as u64 - 1;
        assert_eq!(word_after_rows(FIRST_WORD, all, 1), Some(CAPACITY));
        assert_eq!(word_after_rows(FIRST_WORD, all + 1, 1), None);
        // Two rows of the longest kind do not share a chunk.
        assert_eq!(word_after_rows(FIRST_WORD, 1024, 1003), Some(1023 * 1024 + 1003));
        assert_eq!(word_after_rows(FIRST_WORD, 1025, 1003), None);
        assert_eq!(word_after_rows(FIRST_WORD, u64::MAX, 4), None);
        assert_eq!(word_after_rows(FIRST_WORD, 0, 4), Some(FIRST_WORD));
    }
}
