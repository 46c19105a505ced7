#![deny(unused_must_use)]

use metrics_runtime::declare_metrics;

declare_metrics! {
    /// How large a response was.
    histogram SIZE = "response_size_bytes";
    /// How many rows were written at once.
    histogram ROWS = "batch_rows", labels(even: bool);
    /// How long it took to decode an image.
    histogram DECODE = "decode_seconds", labels(even: bool);
    /// Waiting.
    gauge WAITING = "waiting", labels(even: bool);
    /// Requests.
    counter REQUESTS = "requests_total";
}

fn main() {
    let _timer = SIZE.start();
    ROWS.with(true).time(|| 12);
    DECODE.time(|| 12);
    let _timer = DECODE.start();
    let _guard = WAITING.enter();
    DECODE.with(true).time(12);
    DECODE.with(true).measure(|| 12);
    REQUESTS.enter();
}
