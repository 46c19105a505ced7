//! Values and labels that a program does not have every day: each road has them too.

use metrics::Unit;
use metrics_runtime::{Label, counted, declare_metrics, in_flight, timed};

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
    /// Energy used.
    counter ENERGY = "energy_joules_total", labels(step: Step), fractional;
}

/// Draws.
#[timed(histogram = "draw_seconds", labels(step), buckets(0.001, 0.01, 3600))]
#[counted(counter = "draws_total", on = end, labels(step, outcome))]
#[in_flight(gauge = "draws_active")]
fn draw(step: Step, fails: bool) -> Result<(), String> {
    if fails { Err(format!("{} has failed", step.index())) } else { Ok(()) }
}

/// All kinds of metrics, also those of other crates.
pub(crate) fn record() {
    for (step, fails) in [(Step::Draw, false), (Step::Draw, true), (Step::Hostile, false)] {
        let _ = draw(step, fails);
    }
    MEMORY.with(Step::Draw).set(1.5);
    MEMORY.with(Step::Hostile).set(-1.25e30);
    SPENT.increment(3.000_000_001);
    ENERGY.with(Step::Draw).increment(0.1);
    ENERGY.with(Step::Hostile).increment(1_000_000_000_000_u64);
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
