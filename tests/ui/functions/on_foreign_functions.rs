use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
unsafe extern "C" {
    fn foreign();
}

fn main() {}
