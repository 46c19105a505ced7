use metrics_runtime::{Interned, Label, timed};

#[derive(Clone, Label)]
#[label(max_values = 3)]
struct Text(String);

#[derive(Clone, Copy, Label)]
#[label(max_values = 3)]
struct Number(pub u32);

// Another name of the same type is accepted.
type Value = Interned;

#[derive(Clone, Copy, Label)]
#[label(max_values = 3)]
struct Aliased(Value);

#[timed(histogram = "a_seconds", labels(number, aliased))]
fn uses(number: Number, aliased: Aliased) {
    let _ = (number, aliased);
}

fn main() {
    uses(Number::new("1"), Aliased::new("2"));
    let _ = Text::new("3").as_str();
}
