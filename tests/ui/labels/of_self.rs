use metrics_runtime::timed;

struct Worker {
    large: bool,
}

impl Worker {
    #[timed(histogram = "a_seconds", labels(self.large))]
    fn run(&self) {}

    #[timed(histogram = "a_seconds", labels(self))]
    fn walk(&self) {}
}

fn main() {}
