use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
trait Job {
    fn run(&self) {}
}

fn main() {}
