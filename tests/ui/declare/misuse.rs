metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs_total", labels(large: bool);
    /// Waiting.
    gauge WAITING = "waiting";
}

fn misuse() {
    JOBS.increment(1);
    JOBS.with(true).set(1.0);
    JOBS.with(3).increment(1);
    JOBS.with(true, false).increment(1);
    WAITING.with(true).set(1.0);
}

fn main() {}
