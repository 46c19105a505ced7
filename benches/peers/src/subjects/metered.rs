//! `metered`.

use std::hint::black_box;
use std::sync::LazyLock;

use metered::{ErrorCount, ResponseTime, metered};

use super::work;

#[derive(Default, Debug)]
struct Worker {
    metrics: WorkerMetrics,
}

#[metered(registry = WorkerMetrics)]
impl Worker {
    #[measure([ResponseTime, ErrorCount])]
    fn call(&self, number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
}

static WORKER: LazyLock<Worker> = LazyLock::new(Worker::default);

pub fn call(number: u32) {
    let _ = black_box(WORKER.call(number));
}
