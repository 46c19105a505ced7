use metrics_runtime::{Interned, Label};

#[derive(Clone, Copy, Label)]
struct NoCap(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 0)]
struct NoValues(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 100_000)]
struct TooMany(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = "32")]
struct Quoted(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_value = 32)]
struct Misspelt(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct Named {
    value: Interned,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct Generic<T>(Interned, T);

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
enum AnEnum {
    One,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 32)]
struct NotInterned(u32);

fn main() {}
