use metrics_runtime::{Interned, Label, counted};

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct Workflow(Interned);

// A text does not become a label's value by itself: call `new` where the text is parsed.
#[counted(counter = "calls_total", labels(workflow: Workflow = text))]
fn call(text: &str) {}

// Only `new` makes a value.
fn forged() -> Workflow {
    Workflow(Interned(3))
}

fn main() {}
