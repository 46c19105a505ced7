use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
impl Job {
    fn run(&self) {}
}

struct Job;

fn main() {}
