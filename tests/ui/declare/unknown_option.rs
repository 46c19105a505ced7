metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs_total", label(kind: bool);
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    gauge WAITING = "jobs", buckets(1, 2);
}

fn main() {}
