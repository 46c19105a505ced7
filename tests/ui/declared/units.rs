use std::time::Duration;

use metrics_runtime::{declare_metrics, timed};

declare_metrics! {
    /// How large a response was.
    histogram SIZE = "response_size_bytes", labels(is_cached: bool);
    /// How many rows were written at once.
    histogram ROWS = "batch_rows";
    /// Waiting.
    gauge WAITING = "waiting";
}

#[timed(histogram = ROWS)]
fn write() {}

fn main() {
    SIZE.with(true).observe(Duration::from_secs(1));
    ROWS.observe("12");
    WAITING.set("3");
    WAITING.set(Duration::from_secs(1));
}
