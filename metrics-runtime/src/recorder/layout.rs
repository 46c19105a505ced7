//! Fixed places for the rows of all series that the metrics of the catalog can have, where several processes share their
//! words: the same series has the same row in each of them.

use crate::storage::{CAPACITY, FIRST_WORD, Row, WORDS_IN_CHUNK, row_start};

/// The rows of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    first: usize,
    width: usize,
    /// How many series the metric can have.
    series: u64,
    /// How many rows lie in each chunk, if they begin at the start of one.
    in_chunk: u64,
}

/// The metrics can have more series than there is room for.
#[derive(Debug)]
pub(crate) struct LayoutError {
    /// The number of words that the recorder has.
    pub(crate) words: usize,
    /// The metric that needs the most words, and the number of label sets that it can have.
    pub(crate) largest: (&'static str, u64),
}

/// What the layout needs of a metric.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) name: &'static str,
    /// The number of label sets that it can have.
    pub(super) label_sets: u64,
    /// The number of words in the row of a series.
    pub(super) width: usize,
}

/// The regions of these metrics, in their order.
///
/// # Errors
///
/// They do not fit.
pub(super) fn regions(metrics: &[Size]) -> Result<Vec<Region>, LayoutError> {
    let mut next = FIRST_WORD;
    let regions: Option<Vec<Region>> = metrics
        .iter()
        .map(|metric| {
            let region = Region::at(next, metric.width, metric.label_sets)?;
            next = region.end()?;
            Some(region)
        })
        .collect();
    regions.ok_or_else(|| {
        let largest = metrics.iter().max_by_key(|metric| u128::from(metric.label_sets) * metric.width as u128);
        LayoutError { words: CAPACITY, largest: largest.map_or(("", 0), |metric| (metric.name, metric.label_sets)) }
    })
}

impl Region {
    /// A region at the next free word, or at the start of a chunk. `None` if there is no room.
    fn at(next: usize, width: usize, series: u64) -> Option<Self> {
        if width > WORDS_IN_CHUNK {
            return None;
        }
        let words = usize::try_from(series).ok()?.checked_mul(width)?;
        // All rows in what is left of the chunk, or from the start of one.
        let first =
            if next % WORDS_IN_CHUNK + words <= WORDS_IN_CHUNK { next } else { next.next_multiple_of(WORDS_IN_CHUNK) };
        Some(Self { first, width, series, in_chunk: (WORDS_IN_CHUNK / width.max(1)) as u64 })
    }

    /// The word after the last row; `None` if there is no room.
    fn end(&self) -> Option<usize> {
        let Some(last) = self.series.checked_sub(1) else { return Some(self.first) };
        let start = self.start(last)?;
        // The same rule as for rows that are allocated one after the other.
        (row_start(start, self.width)? == start).then_some(start + self.width)
    }

    /// The number of words in a row.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// The first word of the row of the series with this number.
    pub(crate) fn start(&self, number: u64) -> Option<usize> {
        if number >= self.series {
            return None;
        }
        let (chunk, at) = (number / self.in_chunk, number % self.in_chunk);
        let chunk = usize::try_from(chunk).ok()?.checked_mul(WORDS_IN_CHUNK)?;
        self.first.checked_add(chunk)?.checked_add(usize::try_from(at).ok()? * self.width)
    }

    /// The row of the series with this number.
    pub(super) fn row(&self, number: u64) -> Option<Row> {
        u32::try_from(self.start(number)?).ok().and_then(Row::from_first)
    }

    /// A region as another process describes it; `None` if there is no room for it.
    pub(crate) fn from_parts(first: usize, width: usize, series: u64) -> Option<Self> {
        if first > CAPACITY || !(1..=WORDS_IN_CHUNK).contains(&width) {
            return None;
        }
        let region = Self { first, width, series, in_chunk: (WORDS_IN_CHUNK / width) as u64 };
        (region.end()? <= CAPACITY).then_some(region)
    }

    /// The first word of its first row.
    pub(crate) const fn first(&self) -> usize {
        self.first
    }

    /// How many series the metric can have.
    pub(crate) const fn series(&self) -> u64 {
        self.series
    }

    /// The first words of all rows.
    pub(crate) fn rows(self) -> impl Iterator<Item = usize> {
        (0..self.series).filter_map(move |number| self.start(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lie_one_after_the_other_and_never_in_two_chunks() {
        let mut next = FIRST_WORD;
        for (width, series) in [(1, 5), (11, 90), (5, 1), (1003, 3), (11, 1000), (1024, 2), (3, 0)] {
            let region = Region::at(next, width, series).expect("there is room");
            for first in region.rows() {
                assert!(first >= next, "{first} is in the region before");
                assert_eq!(first / WORDS_IN_CHUNK, (first + width - 1) / WORDS_IN_CHUNK);
                next = first + width;
            }
            assert_eq!(region.end(), Some(next.max(region.first)));
            assert_eq!(region.row(series).map(Row::first), None);
            next = region.end().expect("there is room");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let all = (CAPACITY - FIRST_WORD) as u64;
        assert!(Region::at(FIRST_WORD, 1, 1000).and_then(|region| region.end()).is_some());
        assert!(Region::at(FIRST_WORD, 1, all + 1025).and_then(|region| region.end()).is_none());
        assert!(Region::at(FIRST_WORD, 11, u64::MAX).and_then(|region| region.end()).is_none());
        assert!(Region::at(FIRST_WORD, 2000, 1).and_then(|region| region.end()).is_none());
    }
}
