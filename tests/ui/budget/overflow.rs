use metrics_runtime::{Label, counted};

struct Huge;

impl Label for Huge {
    const CARDINALITY: usize = 4_000_000_000;

    fn index(&self) -> usize {
        0
    }

    fn value(_: usize) -> Option<&'static str> {
        Some("huge")
    }
}

#[counted(counter = "calls_total", labels(a, b, c, d, e))]
fn call(a: Huge, b: Huge, c: Huge, d: Huge, e: Huge) {}

struct Larger;

impl Label for Larger {
    const CARDINALITY: usize = usize::MAX;

    fn index(&self) -> usize {
        0
    }

    fn value(_: usize) -> Option<&'static str> {
        Some("larger")
    }
}

#[counted(counter = "larger_total", labels(a))]
fn larger(a: Larger) {}

fn main() {}
