use metrics_runtime::{Interned, Label};

#[derive(Clone, Copy, Label)]
#[label(as_str = true, display("x"), from_str, from_str)]
enum Valued {
    One,
}

#[derive(Clone, Copy, Label)]
#[label(Display, to_string)]
enum Misspelt {
    One,
}

#[derive(Clone, Copy, Label)]
enum AtAVariant {
    #[label(as_str)]
    One,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 3, as_str)]
struct HasIt(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 3, from_str)]
struct TakesAnyText(Interned);

fn main() {}
