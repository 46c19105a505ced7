use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
mod job {
    fn run() {}
}

fn main() {}
