metrics_runtime::declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs";
    /// Waiting.
    gauge WAITING = "waiting_total";
    /// Waited.
    histogram WAITED = "waited_minutes";
}

fn main() {}
