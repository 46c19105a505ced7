use metrics_runtime::timed;

trait Job {
    #[timed(histogram = "a_seconds")]
    fn run(&self);
}

fn main() {}
