#![deny(unused_must_use)]

use metrics_runtime::declare_metrics;

declare_metrics! {
    /// How long it took to decode an image.
    histogram DECODE = "decode_seconds";
    /// Waiting.
    gauge WAITING = "waiting";
}

fn main() {
    DECODE.start();
    WAITING.enter();
    DECODE.measure(async {});
}
