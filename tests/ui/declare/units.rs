use metrics_runtime::{declare_metrics, timed};

declare_metrics! {
    /// Waits.
    histogram WAIT = "wait_ms";
    /// Sizes.
    histogram SIZE = "response_kilobytes";
    /// Hits.
    histogram HITS = "cache_hit_percent";
    /// Rows.
    histogram ROWS = "rows_total";
    /// Batches.
    histogram BATCH = "batch_rows_sum";
}

#[timed(histogram = "response_size_bytes")]
fn respond() {}

fn main() {}
