use metrics_runtime::timed;

struct Job {
    name: String,
}

impl Job {
    fn title(&self) -> String {
        self.name.clone()
    }

    #[timed(histogram = "a_seconds", labels(name: String = self.name))]
    fn field(&self) {}

    #[timed(histogram = "a_seconds", labels(name: String = self.title()))]
    fn method(&self) {}
}

fn main() {}
