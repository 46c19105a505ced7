//! Rows of text, and what is computed from them.

use thiserror::Error;

/// A row that has no number.
#[derive(Debug, Error)]
#[error("row {0} has no number")]
pub struct InvalidRow(pub usize);

/// Reads rows such as `pears;12`.
///
/// # Errors
///
/// A row has no number.
pub fn parse(rows: &str) -> Result<Vec<(String, f64)>, InvalidRow> {
    let row = |line: &str| {
        let (name, number) = line.split_once(';')?;
        Some((name.to_owned(), number.trim().parse().ok()?))
    };
    rows.lines().enumerate().map(|(at, line)| row(line).ok_or(InvalidRow(at + 1))).collect()
}

/// The number in the middle.
///
/// # Panics
///
/// If there is none: a mistake of this program, which is there to be seen in the metrics.
#[must_use]
pub fn median(numbers: &[f64]) -> f64 {
    let mut numbers = numbers.to_vec();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
