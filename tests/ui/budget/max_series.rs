use metrics_runtime::{Label, counted, declare_metrics, timed};

#[derive(Clone, Copy, Label)]
enum Ten {
    A, B, C, D, E, F, G, H, I, J,
}

#[counted(counter = "small_total", labels(one, two), max_series = 99)]
fn too_small(one: Ten, two: Ten) {}

#[counted(counter = "zero_total", max_series = 0)]
fn zero() {}

#[timed(histogram = "text_seconds", max_series = "1000")]
fn text() {}

#[timed(histogram = "float_seconds", max_series = 1e3)]
fn float() {}

#[counted(counter = "name_total", maxseries = 1000)]
fn misspelt() {}

declare_metrics! {
    /// Requests.
    counter REQUESTS = "requests_total", labels(one: Ten), max_series = 9;
    /// Waiting.
    gauge WAITING = "waiting", max_series = many;
}

#[counted(counter = REQUESTS, labels(one), max_series = 20)]
fn declared(one: Ten) {}

fn main() {}
