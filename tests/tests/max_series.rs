//! A metric with a budget of its own.

use metrics_runtime::{Label, catalog, counted, declare_metrics, in_flight, timed};

#[derive(Clone, Copy, Label)]
enum Ten {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
}

declare_metrics! {
    /// Requests.
    counter REQUESTS = "budget_requests_total", labels(one: Ten, two: Ten, three: Ten, is_cached: bool), max_series = 2_000;
    /// Waits.
    histogram WAITS = "budget_waits_seconds", labels(one: Ten, two: Ten), max_series = 0x1000, buckets(1, 10);
}

#[timed(histogram = "budget_seconds", labels(one, two), buckets(1, 2, 3, 4, 5, 6, 7, 8), max_series = 1100)]
#[counted(counter = "budget_total", labels(one, two), on = end, last = "budget_last_timestamp_seconds", max_series = 100)]
#[in_flight(gauge = "budget_active", labels(one, two), oldest = "budget_active_oldest_seconds", max_series = 100)]
fn measured(one: Ten, two: Ten) {
    let _ = (one, two);
}

#[test]
fn a_metric_may_have_more_series_where_it_says_so() {
    measured(Ten::A, Ten::J);
    REQUESTS.with(Ten::A, Ten::B, Ten::C, true).inc();
    WAITS.with(Ten::D, Ten::E).observe(1);
    let _ = [Ten::F, Ten::G, Ten::H, Ten::I];
    let catalog = catalog();
    let budgets = |name: &str| {
        let metric = catalog.metric(name).unwrap_or_else(|| panic!("{name}"));
        (metric.max_series(), metric.budget())
    };
    assert_eq!(budgets("budget_seconds"), (1100, 1100));
    assert_eq!(budgets("budget_total"), (100, 100));
    assert_eq!(budgets("budget_last_timestamp_seconds"), (100, 100));
    assert_eq!(budgets("budget_active"), (100, 100));
    assert_eq!(budgets("budget_requests_total"), (2000, 2000));
    assert_eq!(budgets("budget_waits_seconds"), (500, 4096));
    catalog.check().expect("the catalog is right");
}
