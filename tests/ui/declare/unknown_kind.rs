metrics_runtime::declare_metrics! {
    /// Jobs.
    countr JOBS = "jobs_total";
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    summary WAIT = "wait_seconds";
}

fn main() {}
