//! What is stored of an export, compared with the page.

use std::collections::BTreeMap;

use metrics::Unit;
use metrics_runtime::{Handle, Label, counted, declare_metrics, in_flight, timed};
use system_tests::{VictoriaMetrics, wait_until};

use super::page_points::page_points;
use super::series::{Bits, Series, bits, bound_text};

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

/// Whether the values of a metric are the same on each page.
fn is_steady(name: &str) -> bool {
    !name.starts_with("process_") && !name.starts_with("metrics_export_")
}

/// Records, exports, and compares what is stored with the page, series by series.
pub(crate) fn is_the_page(metrics: &Handle, stored: &VictoriaMetrics) {
    record();
    assert!(metrics_runtime::flush());
    let mut expected: BTreeMap<Series, Bits> = BTreeMap::new();
    for ((name, labels), value) in page_points(&metrics.render()) {
        // The counter of another crate gets the suffix that Prometheus' names have; OpenMetrics has it too.
        let name = if name == "other_requests" { format!("{name}_total") } else { name };
        expected.insert((name, labels), value);
    }
    let all = expected.len();
    expected.retain(|(name, _), _| is_steady(name));
    assert!(expected.len() > 40, "{expected:?}");

    // A collector sends on after it has answered.
    let samples =
        wait_until("the metrics are stored", || Some(stored.samples()).filter(|samples| samples.len() >= all));
    let mut found: BTreeMap<Series, Bits> = BTreeMap::new();
    for sample in samples {
        let mut labels = sample.labels;
        let name = labels.remove("__name__").expect("a series has a name");
        // The attributes of the resource, and nothing of the scope.
        assert_eq!(labels.remove("service_name").as_deref(), Some("same"), "{name}");
        assert_eq!(labels.remove("service_instance_id").as_deref(), Some("one"), "{name}");
        if name.ends_with("_bucket") {
            let bound = labels.get("le").and_then(|bound| bound.parse().ok()).map(bound_text);
            labels.extend(bound.map(|bound| ("le".to_owned(), bound)));
        }
        assert!(found.insert((name.clone(), labels), bits(sample.value)).is_none(), "{name} is there twice");
    }
    found.retain(|(name, _), _| is_steady(name));
    for (series, value) in &expected {
        assert_eq!(found.get(series).copied().map(f64::from_bits), Some(f64::from_bits(*value)), "{series:?}");
    }
    let more: Vec<_> = found.keys().filter(|series| !expected.contains_key(series)).collect();
    assert!(more.is_empty(), "{more:?}");
}
