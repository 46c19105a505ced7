metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs_total", labels(kind: String);
}

fn main() {}
