metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs_total", labels(job_id: bool, Kind: bool);
}

fn main() {}
