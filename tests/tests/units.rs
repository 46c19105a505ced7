//! Histograms of anything: their unit is at the end of their name.

use std::sync::LazyLock;
use std::time::Duration;

use metrics_runtime::{Handle, Unit, catalog, declare_metrics, testing};
use system_tests::{Page, promtool_check_metrics, strict_parse_openmetrics};

declare_metrics! {
    /// How large a response was.
    histogram SIZE = "response_size_bytes", buckets(1024, 1_048_576);
    /// How large an upload was.
    histogram UPLOAD = "upload_size_bytes";
    /// How many rows were written at once.
    histogram ROWS = "batch_rows", labels(even: bool), buckets(1, 10, 100);
    /// How much of the cache was used.
    histogram HITS = "cache_hit_ratio";
    /// How long it waited.
    histogram WAIT = "unit_wait_seconds", buckets(1, 10);
    /// How good it was.
    histogram SCORE = "score", buckets(0.5);
    /// Waiting.
    gauge WAITING = "unit_waiting";
    /// Waiting, by kind.
    gauge WAITING_BY = "unit_waiting_by", labels(even: bool);
    /// Requests.
    counter REQUESTS = "unit_requests_total", labels(even: bool);
    /// Retries.
    counter RETRIES = "unit_retries_total";
}

static HANDLE: LazyLock<Handle> =
    LazyLock::new(|| metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid"));

fn page() -> Page {
    Page::fetch_openmetrics(&format!("http://{}/metrics", HANDLE.local_addr().expect("it listens")))
}

fn lines<'page>(page: &'page Page, name: &str) -> Vec<&'page str> {
    page.text().lines().filter(|line| line.starts_with(name)).collect()
}

#[test]
fn bytes_are_whole_and_exact() {
    LazyLock::force(&HANDLE);
    SIZE.observe(b"hello".len());
    SIZE.observe(1024_u16);
    SIZE.observe(3_000_000_000_000_u64);
    SIZE.observe(f64::NAN);
    SIZE.observe(-7);
    let page = page();
    assert_eq!(
        lines(&page, "response_size_bytes_"),
        [
            "response_size_bytes_bucket{le=\"1024.0\"} 3",
            "response_size_bytes_bucket{le=\"1048576.0\"} 3",
            "response_size_bytes_bucket{le=\"+Inf\"} 4",
            "response_size_bytes_sum 3000000001029",
            "response_size_bytes_count 4",
        ]
    );
    assert!(page.text().contains("# UNIT response_size_bytes bytes\n"), "{}", page.text());
}

#[test]
fn numbers_of_anything_have_no_unit() {
    LazyLock::force(&HANDLE);
    ROWS.with(true).observe(12);
    ROWS.with(true).observe(2_i64);
    ROWS.with(false).observe(0.5);
    SCORE.observe(0.123_456_7);
    SCORE.observe(10_000_000_000_000.0_f64);
    let page = page();
    assert_eq!(page.value("batch_rows_sum", &[("even", "true")]), Some(14.0));
    assert_eq!(page.value("batch_rows_bucket", &[("even", "true"), ("le", "10.0")]), Some(1.0));
    assert_eq!(page.value("batch_rows_sum", &[("even", "false")]), Some(0.5));
    // A millionth is the least, and 2^63 of them the most.
    assert_eq!(lines(&page, "score_sum"), ["score_sum 9223372036854.899264"]);
    assert!(!page.text().contains("# UNIT batch_rows") && !page.text().contains("# UNIT score"), "{}", page.text());
}

#[test]
fn seconds_take_durations_and_numbers() {
    LazyLock::force(&HANDLE);
    WAIT.observe(Duration::from_nanos(1));
    WAIT.observe(2);
    WAIT.observe(0.25_f32);
    assert_eq!(lines(&page(), "unit_wait_seconds_sum"), ["unit_wait_seconds_sum 2.250000001"]);
}

#[test]
fn default_buckets_fit_the_unit() {
    LazyLock::force(&HANDLE);
    HITS.observe(0.3);
    UPLOAD.observe(300);
    let page = page();
    let ratio = ["0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99", "1.0", "+Inf"];
    assert_eq!(page.bounds("cache_hit_ratio", &[]), ratio);
    assert!(page.text().contains("# UNIT cache_hit_ratio ratio\n"), "{}", page.text());
    let bytes = page.bounds("upload_size_bytes", &[]);
    assert_eq!((bytes.len(), bytes[0].as_str(), bytes[10].as_str()), (12, "256.0", "268435456.0"));
    let catalog = catalog();
    let metric = |name: &str| catalog.metric(name).expect("it is declared");
    assert_eq!(metric("upload_size_bytes").unit(), Some(Unit::Bytes.as_str()));
    assert_eq!(metric("cache_hit_ratio").buckets().len(), 10);
    assert_eq!(metric("cache_hit_ratio").max_series(), 13);
    assert_eq!(metric("batch_rows").unit(), None);
}

#[test]
fn gauges_and_counters_take_what_one_writes() {
    LazyLock::force(&HANDLE);
    WAITING.set(3);
    WAITING.inc();
    WAITING.inc();
    WAITING.dec();
    WAITING.increment(vec![1, 2].len());
    WAITING.decrement(0.5);
    WAITING_BY.with(true).set(u64::from(u32::MAX));
    WAITING_BY.with(true).inc();
    WAITING_BY.with(false).dec();
    RETRIES.inc();
    RETRIES.increment(2);
    REQUESTS.with(true).inc();
    let page = page();
    assert_eq!(page.value("unit_waiting", &[]), Some(5.5));
    assert_eq!(page.value("unit_waiting_by", &[("even", "true")]), Some(4_294_967_296.0));
    assert_eq!(page.value("unit_waiting_by", &[("even", "false")]), Some(-1.0));
    assert_eq!(page.value("unit_retries_total", &[]), Some(3.0));
    assert_eq!(page.value("unit_requests_total", &[("even", "true")]), Some(1.0));
}

#[test]
fn another_crate_records_in_the_unit_of_the_name() {
    LazyLock::force(&HANDLE);
    declare_metrics! {
        /// Sizes that another crate records.
        histogram FOREIGN = "foreign_size_bytes", buckets(1000);
    }
    let _ = &FOREIGN;
    metrics::histogram!("foreign_size_bytes").record(600.0);
    metrics::histogram!("foreign_size_bytes").record(2000.4);
    let page = page();
    assert_eq!(lines(&page, "foreign_size_bytes_sum"), ["foreign_size_bytes_sum 2600"]);
    assert_eq!(page.value("foreign_size_bytes_bucket", &[("le", "1000.0")]), Some(1.0));
}

#[test]
fn a_test_and_another_recorder_see_the_values() {
    let seen = testing::capture(|| {
        SIZE.observe(2048_u32);
        WAITING.inc();
        WAITING.set(7_usize);
    });
    assert_eq!(seen.observations("response_size_bytes", &[]), [2048.0]);
    assert_eq!(seen.gauge("unit_waiting", &[]).to_bits(), 7_f64.to_bits());
}

#[test]
fn the_linters_take_the_page() {
    LazyLock::force(&HANDLE);
    UPLOAD.observe(5000);
    let page = page();
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
    assert_eq!(promtool_check_metrics(&HANDLE.render()), Ok(()), "{}", HANDLE.render());
}
