//! Checks that the series that exist from the start fit into the recorder.

use super::store::Store;
use crate::storage::{CAPACITY, FIRST_WORD, row_start};

/// The series that exist from the start do not fit into the recorder.
#[derive(Debug)]
pub(crate) struct CapacityError {
    /// The number of these series.
    pub(crate) series: u64,
    /// The number of words that the recorder has.
    pub(crate) words: usize,
    /// The metric that needs the most words, and the number of its series.
    pub(crate) largest: (&'static str, u64),
}

/// Runs before the recorder is installed, so that an error changes nothing.
pub(super) fn check(store: &Store) -> Result<(), CapacityError> {
    let metrics = || store.metrics().iter().map(|metric| (metric.name, metric.series_at_start(), metric.width()));
    let end = metrics().try_fold(FIRST_WORD, |next, (_, series, width)| word_after_rows(next, series, width));
    if end.is_some() {
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

/// The first word after `rows` rows that are allocated from `next` on; `None` if they do not fit.
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
    fn series_can_use_all_words_except_the_first() {
        let all = CAPACITY as u64 - 1;
        assert_eq!(word_after_rows(FIRST_WORD, all, 1), Some(CAPACITY));
        assert_eq!(word_after_rows(FIRST_WORD, all + 1, 1), None);
        // Two of the longest rows do not fit into one chunk.
        assert_eq!(word_after_rows(FIRST_WORD, 1024, 1003), Some(1023 * 1024 + 1003));
        assert_eq!(word_after_rows(FIRST_WORD, 1025, 1003), None);
        assert_eq!(word_after_rows(FIRST_WORD, u64::MAX, 4), None);
        assert_eq!(word_after_rows(FIRST_WORD, 0, 4), Some(FIRST_WORD));
    }
}
