use metrics_runtime::{Label, declare_metrics};

#[derive(Clone, Copy, Label)]
enum Queue { High, Low }

declare_metrics! {
    /// Requests.
    counter REQUESTS = "requests_total", labels(queue: Queue);
    /// Depth.
    gauge DEPTH = "depth", labels(queue: Queue, full: bool);
    /// Waits.
    histogram WAIT = "wait_seconds", labels(queue: Queue);
}

fn main() {
    REQUESTS.increment(1);
    DEPTH.set(1.0);
    WAIT.observe(1.0);
    let _ = WAIT.series();
}
