//! A program that has a metric with the same name, on the page, as one of the toolkit's metrics.

use metrics_runtime::declare_metrics;
use system_tests::{Page, promtool_check_metrics};

declare_metrics! {
    /// OpenMetrics writes the toolkit's counter by this name.
    gauge REFUSED = "metrics_values_refused";
}

#[test]
fn the_toolkits_metric_is_left_out() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the program's metric takes precedence");
    assert!(metrics_runtime::catalog().metric("metrics_values_refused_total").is_none());
    REFUSED.set(2.0);
    // It would be counted in the toolkit's metric.
    metrics::counter!("").increment(1);
    let page = Page::from(handle.render());
    assert_eq!(page.value("metrics_values_refused", &[]), Some(2.0));
    assert!(!page.text().contains("metrics_values_refused_total"), "{}", page.text());
    assert_eq!(promtool_check_metrics(page.text()), Ok(()));
}
