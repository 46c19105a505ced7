//! A histogram of another crate is a histogram on the page: its buckets are those of its unit, and its numbers are right.

#![allow(clippy::float_cmp, reason = "the values are sums of a few binary fractions")]

use metrics::{Unit, counter, describe_histogram, histogram};
use metrics_runtime::{declare_metrics, timed};
use system_tests::{Page, promtool_parse_metrics};

declare_metrics! {
    /// How long a job waited.
    histogram WAIT = "own_wait_seconds", buckets(1, 10);
}

#[timed(histogram = "own_work_seconds")]
fn work() {}

/// The bounds of a histogram's buckets, with their counts.
fn buckets(page: &Page, name: &str) -> Vec<(f64, f64)> {
    let bound = |text: &str| text.parse().expect("a bound is a number");
    page.series(&format!("{name}_bucket")).iter().map(|(labels, count)| (bound(&labels["le"]), *count)).collect()
}

/// The first and the last finite bound.
#[track_caller]
fn range(page: &Page, name: &str) -> (f64, f64) {
    let buckets = buckets(page, name);
    assert_eq!(page.kind(name), Some("histogram"), "{name}:\n{}", page.text());
    assert!(buckets.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1), "{name}: {buckets:?}");
    let (infinite, finite) = buckets.split_last().expect("there are buckets");
    assert_eq!(infinite.0, f64::INFINITY);
    assert_eq!(Some(infinite.1), page.value(&format!("{name}_count"), &[]), "{name}");
    (finite[0].0, finite[finite.len() - 1].0)
}

// One test: a program has one recorder.
#[test]
fn the_histograms_of_other_crates_are_right() {
    let handle = metrics_runtime::builder()
        .no_listener()
        .buckets("http.requests.duration", [0.1, 1.0])
        .buckets("job_count", [-2.5, 0.0, 12.5])
        .buckets("own_wait_seconds", [2.0])
        .init()
        .expect("the settings are valid");
    let page = || Page::from(handle.render());
    work();
    WAIT.observe(1.5);

    // Buckets that the program gives, whichever way the name is written.
    for (name, both) in [("http.requests.duration", 2.0), ("http_requests_duration", 4.0)] {
        describe_histogram!(name, Unit::Nanoseconds, "Requests.");
        histogram!(name).record(0.25);
        histogram!(name).record(0.1);
        assert_eq!(buckets(&page(), "http_requests_duration"), [(0.1, both / 2.0), (1.0, both), (f64::INFINITY, both)]);
    }
    histogram!("job_count").record(-3.0);
    assert_eq!(
        buckets(&page(), "job_count").iter().map(|(bound, _)| *bound).collect::<Vec<_>>()[..3],
        [-2.5, 0.0, 12.5]
    );
    assert_eq!(page().value("job_count_sum", &[]), Some(-3.0));
    // Those of the program's own histogram are still its own.
    assert_eq!(buckets(&page(), "own_wait_seconds"), [(2.0, 1.0), (f64::INFINITY, 1.0)]);

    // The unit comes first, then the name, then the default.
    describe_histogram!("odd_seconds", Unit::Milliseconds, "Odd.");
    for name in ["odd_seconds", "usual_seconds", "body_bytes", "hit_ratio", "size", "ping.ms"] {
        histogram!(name).record(0.25);
    }
    for (name, expected) in [
        ("odd_seconds", (1.0, 100_000.0)),
        ("usual_seconds", (0.001, 100.0)),
        ("body_bytes", (64.0, 1_073_741_824.0)),
        ("hit_ratio", (0.01, 1.0)),
        ("size", (0.001, 10_000.0)),
        ("ping_ms", (1.0, 100_000.0)),
    ] {
        assert_eq!(range(&page(), name), expected, "{name}");
    }

    // A description that comes late, after values were shown in other buckets.
    let late = histogram!("late.latency", "path" => "/");
    for value in [3.0, 30.0, 3e6] {
        late.record(value);
    }
    assert_eq!(page().value("late_latency_bucket", &[("path", "/"), ("le", "10000")]), Some(2.0));
    describe_histogram!("late.latency", "How late.");
    describe_histogram!("late_latency", Unit::Nanoseconds, "Too late.");
    late.record(2e9);
    let seen = page();
    assert_eq!(seen.help("late_latency"), Some("How late."));
    for (bound, count) in [("1000", 2.0), ("2500000", 2.0), ("5000000", 3.0), ("1000000000", 3.0), ("+Inf", 4.0)] {
        assert_eq!(seen.value("late_latency_bucket", &[("path", "/"), ("le", bound)]), Some(count), "{bound}");
    }
    assert_eq!(seen.value("late_latency_bucket", &[("path", "/"), ("le", "1")]), None);

    // Values that would spoil the sum are left out and counted.
    let refused = || page().value("metrics_values_refused_total", &[]).expect("it is there from the start");
    let before = refused();
    let poisoned = histogram!("poisoned_seconds");
    for value in [1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MAX, 2.5] {
        poisoned.record(value);
    }
    poisoned.record_many(f64::NAN, 2);
    histogram!("poisoned_seconds").record(f64::NAN);
    assert_eq!(page().value("poisoned_seconds_sum", &[]), Some(4.0));
    assert_eq!(page().value("poisoned_seconds_count", &[]), Some(2.0));
    assert_eq!(refused(), before + 8.0);

    // Nothing but histograms, also where a label looks like one of theirs.
    histogram!("labelled_seconds", "text" => "a\",le=\"1").record(0.25);
    counter!("labelled_seconds_bucket").increment(1);
    assert_eq!(refused(), before + 9.0);
    let seen = page();
    assert!(!seen.text().contains("quantile") && !seen.text().contains("summary"), "{}", seen.text());
    assert_eq!(seen.value("labelled_seconds_bucket", &[("text", "a\",le=\"1"), ("le", "0.25")]), Some(1.0));
    assert_eq!(promtool_parse_metrics(seen.text()), Ok(()), "{}", seen.text());
}
