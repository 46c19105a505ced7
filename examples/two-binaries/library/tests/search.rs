//! A library tests its metrics without a recorder: `capture` has what its own code has recorded, and nothing of other tests.

use std::path::Path;

use metrics_runtime::testing::capture;
use word_search::{SearchError, search};

#[test]
fn a_word_that_is_not_there_is_no_failure() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let seen = capture(|| search(Path::new(manifest), "no-such-word"));
    assert!(matches!(seen.output, Err(SearchError::NotFound)), "{:?}", seen.output);
    assert_eq!(seen.observations("search_seconds", &[("format", "prose"), ("outcome", "ok")]).len(), 1);
    assert_eq!(seen.counter("search_failures_total", &[("format", "prose"), ("reason", "error")]), 0);
    assert_eq!(seen.counter("files_opened_total", &[]), 1);
    assert!(seen.observations("found_at_ratio", &[("format", "prose")]).is_empty());
}

#[test]
fn the_place_of_a_word_is_a_part_of_its_file() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let seen = capture(|| search(Path::new(manifest), "[package]"));
    assert!(matches!(seen.output, Ok(0)), "{:?}", seen.output);
    assert_eq!(seen.observations("found_at_ratio", &[("format", "prose")]), [0.0]);
    assert_eq!(seen.observations("file_words", &[("function", "words")]).len(), 1);
    assert!(seen.observations("file_words", &[("function", "lines")]).is_empty());
}

#[test]
fn a_file_that_is_not_there_is_a_failure() {
    let seen = capture(|| search(Path::new("/no/such/file.list"), "word"));
    assert_eq!(seen.counter("search_failures_total", &[("format", "list"), ("reason", "error")]), 1);
    assert_eq!(seen.counter("files_opened_total", &[]), 0);
}

#[test]
fn the_metrics_fit_each_other() {
    let notes = metrics_runtime::catalog().check().expect("no two places contradict each other");
    assert!(notes.is_empty(), "{notes:?}");
}
