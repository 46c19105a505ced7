use metrics_runtime::timed;

#[timed(histogram = "a_seconds", crate = "mr")]
fn in_quotes() {}

#[timed(histogram = "a_seconds", crate = 3)]
fn no_path() {}

metrics_runtime::declare_metrics! {
    crate = "metrics_runtime";
    /// Jobs.
    counter JOBS = "jobs_total";
}

fn main() {}
