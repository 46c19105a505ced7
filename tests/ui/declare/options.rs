use metrics_runtime::{Label, counted, declare_metrics};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
}

declare_metrics! {
    /// No comma.
    counter NO_COMMA = "no_comma_total" labels(step: Step);
    /// A value.
    counter VALUE = "value_total", labels(step: Step = Step::Draw, large: bool);
    /// No name of a static.
    counter = "no_static_total";
    /// No `=` either.
    gauge "no_equals";
    /// A description.
    gauge DESCRIBED = "described", description = "What it says.";
    /// In small letters.
    counter small_letters = "small_letters_total";
    /// Twice.
    counter TWICE = "twice_total", labels(step: Step), labels(step: Step);
    /// In quotes.
    counter QUOTED = "quoted_total", labels("step");
    /// Two kinds of mistakes.
    histogram BOTH = "both_seconds" buckets(3, 2), label(step: Step);
    /// No list.
    counter NO_LIST = "no_list_total", labels = Step;
}

// No second error follows from these uses.
#[counted(counter = VALUE, labels(step = Step::Draw, large = true))]
fn uses() {
    NO_COMMA.with(Step::Draw).increment(1);
    VALUE.with(Step::Draw, true).increment(1);
    DESCRIBED.set(1.0);
    small_letters.increment(1);
}

declare_metrics! {
    /// It does not end.
    counter OPEN = "open_total"
    /// The next one.
    counter NEXT = "next_total";
}

declare_metrics! {
    /// The crate stands after it.
    counter FIRST = "first_total";
    crate = metrics_runtime
}

fn main() {}
