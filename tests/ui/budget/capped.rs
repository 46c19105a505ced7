use metrics_runtime::{Interned, Label, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    One,
    Two,
    Three,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct Workflow(Interned);

#[timed(histogram = "image_generation_seconds", labels(step, workflow), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
fn generate(step: Step, workflow: Workflow) {}

fn main() {}
