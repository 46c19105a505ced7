metrics_runtime::declare_metrics! {
    counter JOBS = "jobs_total";
}

fn main() {}
