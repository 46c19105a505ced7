//! The series that exist from the start are on the first page: each once, in the order of the source, at zero.

use metrics_runtime::{Label, counted, declare_metrics};

/// Written by hand: twenty values, of which some have the same text.
#[derive(Clone, Copy)]
struct Shard(usize);

const TEXTS: [&str; 20] =
    ["a", "b", "a", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "b", "q", "p"];

impl Label for Shard {
    const CARDINALITY: usize = TEXTS.len();

    fn index(&self) -> usize {
        self.0
    }

    fn value(index: usize) -> Option<&'static str> {
        TEXTS.get(index).copied()
    }
}

declare_metrics! {
    /// Writes.
    counter WRITES = "first_series_writes_total", labels(shard: Shard, urgent: bool);
    /// Reads, by shard and by what is read.
    counter READS = "first_series_reads_total", labels(urgent: bool, shard: Shard);
}

#[counted(counter = "first_series_calls_total", labels(urgent))]
fn second(urgent: bool) {
    let _ = urgent;
}

#[counted(counter = "first_series_calls_total", labels(urgent))]
fn first(urgent: bool) {
    let _ = urgent;
}

/// The labels and the value of each series of a metric, in the order of the page.
fn series<'page>(page: &'page str, metric: &str) -> Vec<&'page str> {
    page.lines().filter_map(|line| line.strip_prefix(metric)?.strip_prefix('{')).collect()
}

#[test]
fn series_that_exist_from_the_start_are_on_the_first_page() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    let page = handle.render();
    // The first index with a text counts.
    let texts: Vec<&str> = ('a'..='q').map(|text| &*String::leak(text.to_string())).collect();
    let of = |shard: &str, urgent: bool| format!("shard=\"{shard}\",urgent=\"{urgent}\"}} 0");
    let writes: Vec<String> = texts.iter().flat_map(|shard| [of(shard, false), of(shard, true)]).collect();
    assert_eq!(series(&page, "first_series_writes_total"), writes);
    let of = |shard: &str, urgent: bool| format!("urgent=\"{urgent}\",shard=\"{shard}\"}} 0");
    let reads = |urgent: bool| texts.iter().map(move |shard| of(shard, urgent));
    assert_eq!(series(&page, "first_series_reads_total"), reads(false).chain(reads(true)).collect::<Vec<_>>());
    let calls =
        |count: [u32; 2]| [false, true].map(|urgent| format!("urgent=\"{urgent}\"}} {}", count[usize::from(urgent)]));
    assert_eq!(series(&page, "first_series_calls_total"), calls([0; 2]));

    // Each slot has the row of its series, also where a text comes again.
    for index in 0..TEXTS.len() {
        WRITES.with(Shard(index), true).increment(1);
    }
    READS.with(false, Shard(17)).increment(1);
    first(true);
    second(true);
    second(false);
    let page = handle.render();
    let writes = series(&page, "first_series_writes_total");
    let count = |shard: &str| {
        writes.iter().find_map(|line| line.strip_prefix(&*format!("shard=\"{shard}\",urgent=\"true\"}} ")))
    };
    assert_eq!(["a", "b", "c", "p", "q"].map(count), [Some("2"), Some("2"), Some("1"), Some("2"), Some("1")]);
    assert_eq!(series(&page, "first_series_reads_total")[1], "urgent=\"false\",shard=\"b\"} 1");
    assert_eq!(series(&page, "first_series_calls_total"), calls([1, 2]));
}
