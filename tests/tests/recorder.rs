//! What the page shows while threads write, and what other crates can and cannot do to it.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, OnceLock};
use std::thread;
use std::time::Duration;

use metrics_runtime::{Handle, Label, counted, declare_metrics, timed};
use system_tests::{Page, promtool_check_metrics};

#[derive(Clone, Copy, Debug, Label)]
enum Kind {
    Zebra,
    #[label(rename = "a \"quoted\" \\ value")]
    Quoted,
    Ape,
}

declare_metrics! {
    /// Calls.
    counter CALLS = "recorder_calls_total", labels(kind: Kind, urgent: bool);
    /// Load.
    gauge LOAD = "recorder_load", labels(kind: Kind);
    /// Waits.
    histogram WAIT = "recorder_wait_seconds", labels(kind: Kind), buckets(0.1, 1, 10);
    /// Written by many threads.
    histogram BUSY = "recorder_busy_seconds", buckets(0.001, 0.01, 0.1, 1);
    /// The same.
    counter BUSY_CALLS = "recorder_busy_total";
    /// The same.
    gauge BUSY_ACTIVE = "recorder_busy_active";
    /// Written by threads that end soon.
    counter SHORT = "recorder_short_total";
    /// Never scraped.
    histogram UNSCRAPED = "recorder_unscraped_seconds", buckets(0.5);
}

/// Sleeps.
#[timed(histogram = "recorder_sleep_seconds", buckets(0.001, 0.01, 120))]
#[counted(counter = "recorder_sleeps_total")]
fn sleep(time: Duration) {
    thread::sleep(time);
}

fn metrics() -> &'static Handle {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    HANDLE.get_or_init(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"))
}

fn page() -> Page {
    Page::from(metrics().render())
}

/// The page without its values.
fn names(page: &Page) -> Vec<String> {
    page.text().lines().map(|line| line.rsplit_once(' ').map_or(line, |(name, _)| name).to_owned()).collect()
}

#[test]
fn metrics_are_sorted_by_name_and_values_stay_in_the_order_of_the_source() {
    metrics();
    metrics::describe_counter!("zz_foreign_total", "Of another crate.");
    metrics::describe_histogram!("zz_foreign_wait", "Of another crate.");
    metrics::counter!("zz_foreign_total", "x" => "2").increment(1);
    metrics::counter!("zz_foreign_total", "x" => "1").increment(1);
    metrics::histogram!("zz_foreign_wait", "x" => "1").record(1.0);
    metrics::histogram!("zz_foreign_wait").record(1.0);
    let first = page();
    let kinds: Vec<String> =
        first.series("recorder_load").into_iter().map(|(labels, _)| labels["kind"].clone()).collect();
    assert_eq!(kinds, ["zebra", "a \"quoted\" \\ value", "ape"]);
    for _ in 0..20 {
        assert_eq!(names(&page()), names(&first));
    }
    let ours: Vec<&str> = first.text().lines().filter_map(|line| line.strip_prefix("# TYPE recorder_")).collect();
    assert!(ours.is_sorted(), "{ours:?}");
    assert_eq!(promtool_check_metrics(first.text()), Ok(()));
}

#[test]
fn special_values_are_written_as_prometheus_reads_them() {
    metrics();
    LOAD.with(Kind::Zebra).set(f64::INFINITY);
    LOAD.with(Kind::Quoted).set(f64::NAN);
    LOAD.with(Kind::Ape).set(-0.25);
    for seconds in [0.1, 0.100_001, 20.0, -1.0, f64::NAN, f64::INFINITY] {
        WAIT.with(Kind::Quoted).observe(seconds);
    }
    let page = page();
    assert!(page.text().contains("recorder_load{kind=\"zebra\"} +Inf\n"));
    assert!(page.text().contains("recorder_load{kind=\"a \\\"quoted\\\" \\\\ value\"} NaN\n"));
    assert!(page.text().contains("recorder_load{kind=\"ape\"} -0.25\n"));
    let quoted = ("kind", "a \"quoted\" \\ value");
    let bucket = |le: &str| page.value("recorder_wait_seconds_bucket", &[quoted, ("le", le)]);
    assert_eq!(["0.1", "1", "10", "+Inf"].map(bucket), [Some(2.0), Some(3.0), Some(3.0), Some(4.0)]);
    assert_eq!(page.value("recorder_wait_seconds_sum", &[quoted]), Some(20.200_001));
    assert_eq!(page.value("recorder_wait_seconds_count", &[quoted]), Some(4.0));
    assert_eq!(promtool_check_metrics(page.text()), Ok(()));
}

#[test]
fn a_sum_is_exact_and_does_not_overflow() {
    metrics();
    let sum = || {
        let page = Page::from(metrics().render());
        let mut lines = page.text().lines();
        let line = lines.find_map(|line| line.strip_prefix("recorder_wait_seconds_sum{kind=\"ape\"} "));
        line.expect("it is there").to_owned()
    };
    let series = WAIT.with(Kind::Ape);
    series.observe(Duration::from_nanos(1));
    assert_eq!(sum(), "0.000000001");
    // The largest observation is 292 years; three times that is more than 64 bits hold.
    for expected in ["9223372036.854775808", "18446744073.709551615", "27670116110.564327422"] {
        series.observe(Duration::MAX);
        assert_eq!(sum(), expected);
    }
    series.observe(1e300);
    assert_eq!(sum(), "36893488147.419103229");
}

#[test]
fn a_duration_is_in_its_bucket_and_in_the_sum() {
    metrics();
    sleep(Duration::from_millis(20));
    let page = page();
    assert_eq!(page.value("recorder_sleep_seconds_bucket", &[("le", "0.01")]), Some(0.0));
    assert_eq!(page.value("recorder_sleep_seconds_bucket", &[("le", "120")]), Some(1.0));
    assert!(page.value("recorder_sleep_seconds_sum", &[]).is_some_and(|sum| (0.02..120.0).contains(&sum)));
}

#[test]
fn another_crate_can_record_a_metric_of_the_catalog_only_as_it_is_declared() {
    metrics();
    let calls = |kind: &str, urgent: &str| {
        page().value("recorder_calls_total", &[("kind", kind), ("urgent", urgent)]).expect("the series is there")
    };
    CALLS.with(Kind::Ape, true).increment(1);
    // The labels in another order are the same series.
    metrics::counter!("recorder_calls_total", "urgent" => "true", "kind" => "ape").increment(2);
    assert_eq!(calls("ape", "true"), 3.0);

    let refused = || page().value("metrics_values_refused_total", &[]).expect("it is there before anything is refused");
    let (before, refused_before) = (page().series("recorder_calls_total").len(), refused());
    metrics::counter!("recorder_calls_total", "kind" => "unicorn", "urgent" => "true").increment(1);
    metrics::counter!("recorder_calls_total", "kind" => "ape").increment(1);
    metrics::counter!("recorder_calls_total", "kind" => "ape", "job" => "7").increment(1);
    metrics::gauge!("recorder_calls_total", "kind" => "ape", "urgent" => "true").set(99.0);
    assert_eq!(refused(), refused_before + 4.0);
    metrics::describe_counter!("recorder_calls_total", "Something else.");
    let page = page();
    assert_eq!(page.series("recorder_calls_total").len(), before);
    assert_eq!(page.kind("recorder_calls_total"), Some("counter"));
    assert_eq!(page.help("recorder_calls_total"), Some("Calls."));
    assert_eq!(page.text().matches("# TYPE recorder_calls_total ").count(), 1);
    assert_eq!(calls("ape", "true"), 3.0);
    assert_eq!(promtool_check_metrics(page.text()), Ok(()));
}

#[test]
fn a_page_is_consistent_and_counts_never_decrease_while_threads_write() {
    const THREADS: u32 = 8;
    /// Each writer makes at least this many, and goes on until there are enough pages.
    const OBSERVATIONS: u32 = 50_000;
    const PAGES: u32 = 3;
    metrics();
    let pages = AtomicU32::new(0);
    let writing = AtomicU32::new(THREADS);
    let begin = Barrier::new(THREADS as usize + 1);
    let (observations, nanoseconds) = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut before = BTreeMap::new();
            let _release = Release(&pages);
            begin.wait();
            while writing.load(Ordering::Relaxed) > 0 {
                before = check_busy(&page(), &before);
                pages.fetch_add(1, Ordering::Relaxed);
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (pages, writing, begin) = (&pages, &writing, &begin);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(u64::from(thread));
                    let mut written = (0, 0);
                    begin.wait();
                    while written.0 < OBSERVATIONS || pages.load(Ordering::Relaxed) < PAGES {
                        let nanoseconds = random.u32(..2_000_000_000);
                        BUSY_ACTIVE.increment(1.0);
                        BUSY.observe(f64::from(nanoseconds) * 1e-9);
                        BUSY_CALLS.increment(1);
                        BUSY_ACTIVE.decrement(1.0);
                        written = (written.0 + 1, written.1 + u64::from(nanoseconds));
                    }
                    writing.fetch_sub(1, Ordering::Relaxed);
                    written
                })
            })
            .collect();
        let written = writers.into_iter().map(|writer| writer.join().expect("no writer panics"));
        let written = written.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        reader.join().expect("the reader has seen nothing wrong");
        written
    });
    let page = page();
    for count in ["recorder_busy_seconds_count", "recorder_busy_total"] {
        assert_eq!(page.value(count, &[]), Some(f64::from(observations)), "{count}");
    }
    assert_eq!(page.value("recorder_busy_active", &[]), Some(0.0));
    // To the nanosecond.
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    let sum = format!("recorder_busy_seconds_sum {seconds}.{rest:09}");
    assert!(page.text().contains(sum.trim_end_matches('0')), "{sum} is not on\n{}", page.text());
}

/// Lets the writers end if the reader has panicked.
struct Release<'a>(&'a AtomicU32);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(u32::MAX, Ordering::Relaxed);
    }
}

/// Checks a page for consistency, and against the one before it.
fn check_busy(page: &Page, before: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let buckets = page.series("recorder_busy_seconds_bucket");
    let counts: Vec<f64> = buckets.iter().map(|(_, count)| *count).collect();
    assert!(counts.is_sorted(), "buckets are cumulative: {counts:?}");
    assert_eq!(counts.last().copied(), page.value("recorder_busy_seconds_count", &[]));
    let now: BTreeMap<String, f64> = buckets.into_iter().map(|(labels, count)| (labels["le"].clone(), count)).collect();
    for (le, count) in before {
        assert!(now[le] >= *count, "the bucket {le} went from {count} back to {}", now[le]);
    }
    now
}

#[test]
fn threads_that_end_leave_their_counts_and_free_their_memory() {
    metrics();
    let threads = |number: u32| {
        for _ in 0..number {
            thread::spawn(|| SHORT.increment(1)).join().expect("the thread does not panic");
        }
    };
    threads(1_000);
    let before = resident();
    threads(9_000);
    assert_eq!(page().value("recorder_short_total", &[]), Some(10_000.0));
    assert_no_growth(before);
}

#[test]
fn samples_take_no_memory_without_a_scrape() {
    metrics();
    UNSCRAPED.observe(0.1);
    let before = resident();
    (0..2_000_000).for_each(|_| UNSCRAPED.observe(0.1));
    assert_no_growth(before);
}

/// The memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("this is Linux");
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second is a number");
    pages * 4096
}

/// 2 million samples would take 32 MB if each were kept. The other tests of this process use some memory, too.
#[track_caller]
fn assert_no_growth(before: u64) {
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "{grown} bytes more than before");
}
