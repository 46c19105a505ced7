//! What attributes on an `impl` or a module refuse.

use metrics_runtime::{Label, counted, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
}

#[derive(Clone, Copy, Label)]
enum Other {
    Draw,
}

struct Store;

#[timed(histogram = "a_seconds")]
impl Store {
    const LIMIT: u32 = 1;
}

#[timed(histogram = "b_seconds", labels(method))]
impl Store {
    #[skip]
    fn skipped() {}
}

#[timed(histogram = "c_seconds", labels(method))]
impl Store {
    const fn constant() {}
}

#[timed(histogram = "d_seconds", labels(method, step))]
impl Store {
    fn with_a_step(step: Step) {
        let _ = step;
    }

    fn without_a_step() {}
    fn nor_has_this() {}
}

#[timed(histogram = "e_seconds", labels(step))]
impl Store {
    fn of_one_type(step: Step) {
        let _ = step;
    }

    fn of_another_type(step: Other) {
        let _ = step;
    }
}

#[timed(histogram = "f_seconds", labels(method))]
impl Store {
    fn request(method: Step) {
        let _ = method;
    }
}

#[timed(histogram = "g")]
#[counted(counter = "g")]
impl Store {
    fn reported_once() {}
    fn not_twice() {}
}

#[timed(histogram = "h_seconds")]
mod empty {
    pub struct Nothing;
}

#[timed(histogram = "i_seconds", labels(method))]
fn not_a_group() {}

struct Plain;

impl Plain {
    #[skip]
    fn skipped() {}
}

fn main() {
    Store::skipped();
    Store::with_a_step(Step::Draw);
    not_a_group();
}
