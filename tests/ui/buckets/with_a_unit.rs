use metrics_runtime::timed;

#[timed(histogram = "a_seconds", buckets(10ms, 20ms, 0.5s, 1m))]
fn with_units() {}

#[timed(histogram = "b_seconds", buckets(0.5, 1.5foo))]
fn with_another_suffix() {}

// These suffixes name the type of a number, and are not units.
#[timed(histogram = "c_seconds", buckets(0.5f64, 1_u32, 2))]
fn with_types() {}

metrics_runtime::declare_metrics! {
    /// How long jobs waited.
    histogram WAIT = "wait_seconds", buckets(250us, 2h);
}

fn main() {}
