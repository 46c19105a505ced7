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

metrics_runtime::declare_metrics! {
    /// Jobs.
    counter UNNAMED
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    pub counter
}

metrics_runtime::declare_metrics! {
    /// Jobs.
    counter UNEQUAL "unequal_total";
}

fn main() {}
