metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS;
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = jobs_total;
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    counter OPEN = "jobs_total"
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    counter TYPELESS = "jobs_total", labels(kind);
}

fn main() {}
