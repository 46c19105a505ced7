use metrics_runtime::{Label, Outcome, counted, declare_metrics};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
}

declare_metrics! {
    /// Requests.
    counter REQUESTS = "requests_total", labels(step: Step, outcome: Outcome);
}

#[counted(counter = REQUESTS, on = end, labels(step: Step, outcome: Outcome))]
fn types_alone() {}

#[counted(counter = REQUESTS, on = end, labels(step: Step = Step::Draw, outcome))]
fn type_and_value() {}

fn main() {}
