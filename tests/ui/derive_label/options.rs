use metrics_runtime::{Interned, Label, timed};

#[derive(Clone, Copy, Label)]
#[label(prefix = "a")]
enum Prefixed {
    One,
}

#[derive(Clone, Copy, Label)]
#[label(rename = "two")]
enum Renamed {
    #[label("b")]
    Quoted,
    #[label(rename("x"))]
    Called,
    #[label = "q"]
    Value,
    #[label]
    Alone,
    #[label(rename)]
    Nothing,
}

#[derive(Clone, Copy, Label)]
enum RenamedVariants {
    #[label("b")]
    Quoted,
    #[label(rename("x"))]
    Called,
    #[label = "q"]
    Value,
    #[label]
    Alone,
    #[label(rename)]
    Nothing,
}

#[derive(Clone, Copy, Label)]
#[label(32)]
struct Number(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 3, crate = "metrics_runtime")]
struct CrateInQuotes(Interned);

#[timed(histogram = "a_seconds", labels(one, two, three))]
fn uses(one: Prefixed, two: RenamedVariants, three: CrateInQuotes) {
    let _ = (one, two, three);
}

fn main() {}
