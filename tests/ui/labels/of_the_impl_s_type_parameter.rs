use metrics_runtime::timed;

use metrics_runtime::Label;

struct Worker<K>(K);

impl<K: Label> Worker<K> {
    #[timed(histogram = "a_seconds", labels(kind))]
    fn run(&self, kind: K) {}
}

fn main() {}
