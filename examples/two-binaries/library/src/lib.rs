//! Finds words in files.
//!
//! It is measured, and knows nothing of recorders: the program decides who keeps the numbers, if anybody.

use std::fs;
use std::path::Path;

use metrics_runtime::{Failure, Label, counted, counted_failure, declare_metrics, measured, observed, timed};
use thiserror::Error;

declare_metrics! {
    /// How far into its file a word was found: 0 is the start.
    histogram FOUND_AT = "found_at_ratio", labels(format: Format);
}

/// What a file is.
#[derive(Clone, Copy, Debug, Label)]
pub enum Format {
    /// It has a word in each line.
    List,
    /// It has words between spaces.
    Prose,
}

/// Why a word was not found.
#[derive(Debug, Error, Failure)]
pub enum SearchError {
    /// The file does not have it.
    #[error("the file does not have it")]
    #[failure(ok)] // An answer, and no failure.
    NotFound,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    #[failure(source)]
    Unreadable(#[from] std::io::Error),
}

impl Format {
    /// The format by the name of the file.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        if file.extension().is_some_and(|extension| extension == "list") { Self::List } else { Self::Prose }
    }
}

/// Gives the place of a word among the words of a file.
///
/// # Errors
///
/// The file cannot be read, or does not have the word.
#[measured(labels(format: Format = Format::of(file)))]
#[timed(histogram = "search_seconds", labels(outcome), buckets(0.001, 0.01, 0.1))]
#[counted_failure(counter = "search_failures_total")]
pub fn search(file: &Path, word: &str) -> Result<usize, SearchError> {
    let text = load(file)?;
    let format = Format::of(file);
    let words = match format {
        Format::List => split::lines(&text),
        Format::Prose => split::words(&text),
    };
    let at = words.iter().position(|found| *found == word).ok_or(SearchError::NotFound)?;
    #[allow(clippy::cast_precision_loss, reason = "no file is as large")]
    FOUND_AT.with(format).observe(at as f64 / words.len() as f64);
    Ok(at)
}

#[counted(counter = "files_opened_total", on = ok)]
#[observed(
    histogram = "file_bytes",
    value = |text| text.as_ref().ok().map(String::len),
    buckets(10, 100, 1000),
    description = "How large the files are.",
)]
fn load(file: &Path) -> std::io::Result<String> {
    fs::read_to_string(file)
}

/// A function for each format. Another one is measured as soon as it is written here.
#[measured(labels(function))]
#[timed(histogram = "split_seconds", buckets(0.001, 0.01, 0.1))]
#[observed(
    histogram = "file_words",
    value = |words| words.len(),
    buckets(1, 10, 100),
    description = "How many words the files have.",
)]
mod split {
    pub(crate) fn lines(text: &str) -> Vec<&str> {
        text.lines().collect()
    }

    pub(crate) fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }
}
