use metrics_runtime::timed;

use metrics_runtime::Label;

#[timed(histogram = "a_seconds", labels(kind))]
fn type_parameter<K: Label>(kind: K) {}

#[timed(histogram = "a_seconds", labels(kind))]
fn impl_trait(kind: impl Label) {}

struct Kind;

impl Kind {
    #[timed(histogram = "a_seconds", labels(kind))]
    fn of_self(kind: Self) {}
}

#[timed(histogram = "a_seconds", labels(kind: [bool; N] = [true; N]))]
fn const_parameter<const N: usize>() {}

fn main() {}
