use metrics_runtime::{Label, counted, declare_metrics, timed};

#[derive(Clone, Copy, Label)]
enum Ten {
    A, B, C, D, E, F, G, H, I, J,
}

#[timed(histogram = "image_generation_seconds", labels(one, two), buckets(1, 2, 3, 4, 5, 6, 7, 8))]
fn histogram(one: Ten, two: Ten) {}

#[counted(counter = "calls_total", labels(one, two, three))]
fn exactly(one: Ten, two: Ten, three: Ten) {}

#[counted(counter = "more_calls_total", labels(one, two, three, four))]
async fn counter(one: Ten, two: Ten, three: Ten, four: Option<Ten>) {}

declare_metrics! {
    /// Declared.
    histogram WAIT = "wait_seconds", labels(one: Ten, two: Ten);
}

fn main() {}
