//! What is stored of an export, compared with the page.

use std::time::Duration;

use metrics::Unit;
use metrics_runtime::{Builder, Handle, Label, counted, declare_metrics, in_flight, timed};
use system_tests::{Page, Points, VictoriaMetrics, assert_same_points, wait_until};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    #[label(rename = "a\"b\\c {d}=,/é")]
    Hostile,
}

declare_metrics! {
    /// Memory in use.
    gauge MEMORY = "cache_bytes", labels(step: Step);
    /// Time spent.
    counter SPENT = "spent_seconds_total";
}

/// Draws.
#[timed(histogram = "draw_seconds", labels(step), buckets(0.001, 0.01, 3600))]
#[counted(counter = "draws_total", on = end, labels(step, outcome))]
#[in_flight(gauge = "draws_active")]
fn draw(step: Step, fails: bool) -> Result<(), String> {
    if fails { Err(format!("{} has failed", step.index())) } else { Ok(()) }
}

/// All kinds of metrics, also those of other crates.
fn record() {
    for (step, fails) in [(Step::Draw, false), (Step::Draw, true), (Step::Hostile, false)] {
        let _ = draw(step, fails);
    }
    MEMORY.with(Step::Draw).set(1.5);
    MEMORY.with(Step::Hostile).set(-1.25e30);
    SPENT.increment(3);
    metrics::counter!("other.crate.total", "path" => "/a\\b\"\nc").increment(7);
    metrics::counter!("other_requests").increment(9);
    metrics::describe_histogram!("other_change_seconds", Unit::Seconds, "A change.");
    for value in [-3.0, 0.0, 1e-9, 20.0, 1e12] {
        metrics::histogram!("other_change_seconds", "zone" => "\u{1f980}").record(value);
    }
    metrics::gauge!("other_level", "le" => "7").set(f64::INFINITY);
    metrics::gauge!("ratio", "unit" => "1").set(0.25);
    metrics::gauge!("disk_bytes_free").set(4096.0);
}

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
