use std::time::Duration;

use metrics_runtime::{counted, counted_failure, declare_metrics};

declare_metrics! {
    /// Jobs.
    counter JOBS = "jobs_total", labels(is_cached: bool);
    /// Time.
    counter CPU = "cpu_seconds_total";
    /// Energy.
    counter ENERGY = "energy_joules_total", fractional, labels(is_cached: bool);
}

#[counted(counter = CPU)]
fn draw() {}

#[counted_failure(counter = ENERGY, labels(is_cached = true))]
fn write() -> Result<(), String> {
    Ok(())
}

fn main() {
    JOBS.with(true).increment(0.5);
    JOBS.with(true).increment(12_usize);
    JOBS.with(true).increment(Duration::from_secs(1));
    CPU.increment("1");
    ENERGY.with(true).increment(Duration::from_secs(1));
    ENERGY.increment(0.5);
}
