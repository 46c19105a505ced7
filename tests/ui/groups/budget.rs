//! The names of the functions count in the budget.

use metrics_runtime::timed;

struct Store;

#[timed(histogram = "a_seconds", labels(method, outcome), max_series = 20)]
impl Store {
    fn get() {}
    fn put() {}
}

fn main() {}
