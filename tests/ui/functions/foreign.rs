use metrics_runtime::timed;

unsafe extern "C" {
    #[timed(histogram = "a_seconds")]
    fn foreign();
}

fn main() {}
