//! What is stored of an export, compared with the page.

use std::time::Duration;

use metrics_runtime::{Builder, Handle};
use system_tests::{Page, Points, VictoriaMetrics, assert_same_points, wait_until};

use crate::export::unusual::record;

/// A program that exports to this address when it is asked.
pub(crate) fn exporting_to(endpoint: &str) -> Builder {
    metrics_runtime::builder()
        .no_listener()
        .otlp_endpoint(endpoint)
        .otlp_resource("service.name", "same")
        .otlp_resource("service.instance.id", "one")
        .otlp_interval(Duration::from_secs(3600))
}

/// Records, exports, and compares what is stored with the page, series by series.
pub(crate) fn is_the_page(metrics: &Handle, stored: &VictoriaMetrics) {
    record();
    assert!(metrics_runtime::flush());
    let mut expected = Points::new();
    for ((name, labels), value) in Page::from(metrics.render()).points() {
        // The counter of another crate gets the suffix that Prometheus' names have; OpenMetrics has it too.
        let name = if name == "other_requests" { format!("{name}_total") } else { name };
        expected.insert((name, labels), value);
    }
    assert!(expected.len() > 60, "{expected:?}");
    // The attributes of the resource, and nothing of the scope.
    let resource = [("service_name", "same"), ("service_instance_id", "one")];
    // A collector sends on after it has answered.
    let found = wait_until("the metrics are stored", || {
        Some(stored.points(&resource)).filter(|points| points.len() >= expected.len())
    });
    assert_same_points(&found, &expected);
}
