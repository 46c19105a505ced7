use metrics_runtime::{Interned, Label, counted};

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct Workflow(Interned);

// A text is made a value where it is parsed, not by the way.
#[counted(counter = "calls_total", labels(workflow: Workflow = text))]
fn call(text: &str) {}

// Without `new` there is no way to a value.
fn forged() -> Workflow {
    Workflow(Interned(3))
}

fn main() {}
