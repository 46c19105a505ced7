//! Finds words in files.
//!
//! It is measured, and knows nothing of recorders: the program decides who keeps the numbers, if anybody.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Instant;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use thiserror::Error;

/// The buckets of the library's histograms, for the recorder.
pub const BUCKETS: [(&str, &[f64]); 5] = [
    ("search_seconds", &[0.001, 0.01, 0.1]),
    ("file_bytes", &[10.0, 100.0, 1000.0]),
    ("split_seconds", &[0.001, 0.01, 0.1]),
    ("file_words", &[1.0, 10.0, 100.0]),
    ("found_at_ratio", &[0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]),
];

/// Describes the library's metrics, and makes their series, so that `rate()` sees the first failure. Call it when the recorder
/// is installed.
pub fn describe() {
    describe_histogram!("search_seconds", Unit::Seconds, "Gives the place of a word among the words of a file.");
    describe_counter!("search_failures_total", "Calls of `search` that did not end `ok`, by reason.");
    describe_counter!("files_opened_total", "Calls of `load` that ended `ok`.");
    describe_histogram!("file_bytes", Unit::Bytes, "How large the files are.");
    describe_histogram!("split_seconds", Unit::Seconds, "Time spent in the functions of the module `split`.");
    describe_histogram!("file_words", "How many words the files have.");
    describe_histogram!("found_at_ratio", "How far into its file a word was found: 0 is the start.");
    counter!("files_opened_total").absolute(0);
    let _ = histogram!("file_bytes");
    for format in ["list", "prose"] {
        for outcome in ["ok", "error", "timeout", "cancelled", "panic"] {
            let _ = histogram!("search_seconds", "format" => format, "outcome" => outcome);
        }
        for reason in ["error", "timeout", "cancelled", "panic"] {
            counter!("search_failures_total", "format" => format, "reason" => reason).absolute(0);
        }
        let _ = histogram!("found_at_ratio", "format" => format);
    }
    for function in ["lines", "words"] {
        let _ = histogram!("split_seconds", "function" => function);
        let _ = histogram!("file_words", "function" => function);
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// It has a word in each line.
    List,
    /// It has words between spaces.
    Prose,
}

/// Why a word was not found.
#[derive(Debug, Error)]
pub enum SearchError {
    /// The file does not have it.
    #[error("the file does not have it")]
    NotFound,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

impl Format {
    /// The format by the name of the file.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        if file.extension().is_some_and(|extension| extension == "list") { Self::List } else { Self::Prose }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Prose => "prose",
        }
    }
}

impl SearchError {
    fn outcome(&self) -> &'static str {
        match self {
            Self::NotFound => "ok", // An answer, and no failure.
            Self::Unreadable(error) if error.kind() == io::ErrorKind::TimedOut => "timeout",
            Self::Unreadable(_) => "error",
        }
    }
}

/// Gives the place of a word among the words of a file.
///
/// # Errors
///
/// The file cannot be read, or does not have the word.
pub fn search(file: &Path, word: &str) -> Result<usize, SearchError> {
    let mut call = SearchGuard { format: Format::of(file), start: Instant::now(), outcome: None };
    let result = find(file, word);
    call.outcome = Some(result.as_ref().err().map_or("ok", SearchError::outcome));
    result
}

fn find(file: &Path, word: &str) -> Result<usize, SearchError> {
    let text = load(file)?;
    let format = Format::of(file);
    let words = split(&text, format);
    let at = words.iter().position(|found| *found == word).ok_or(SearchError::NotFound)?;
    #[allow(clippy::cast_precision_loss, reason = "no file is as large")]
    histogram!("found_at_ratio", "format" => format.as_str()).record(at as f64 / words.len() as f64);
    Ok(at)
}

fn load(file: &Path) -> io::Result<String> {
    let text = fs::read_to_string(file)?;
    counter!("files_opened_total").increment(1);
    #[allow(clippy::cast_precision_loss, reason = "no file is as large")]
    histogram!("file_bytes").record(text.len() as f64);
    Ok(text)
}

fn split(text: &str, format: Format) -> Vec<&str> {
    let start = Instant::now();
    let (function, words): (_, Vec<&str>) = match format {
        Format::List => ("lines", text.lines().collect()),
        Format::Prose => ("words", text.split_whitespace().collect()),
    };
    histogram!("split_seconds", "function" => function).record(start.elapsed());
    #[allow(clippy::cast_precision_loss, reason = "no file is as large")]
    histogram!("file_words", "function" => function).record(words.len() as f64);
    words
}

/// Records a search when it is dropped, so that one that panics is counted too.
struct SearchGuard {
    format: Format,
    start: Instant,
    outcome: Option<&'static str>,
}

impl Drop for SearchGuard {
    fn drop(&mut self) {
        let format = self.format.as_str();
        let outcome = self.outcome.unwrap_or(if thread::panicking() { "panic" } else { "cancelled" });
        histogram!("search_seconds", "format" => format, "outcome" => outcome).record(self.start.elapsed());
        if outcome != "ok" {
            counter!("search_failures_total", "format" => format, "reason" => outcome).increment(1);
        }
    }
}
