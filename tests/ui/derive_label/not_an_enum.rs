use metrics_runtime::Label;

#[derive(Label)]
struct Name(String);

#[derive(Label)]
union Bits {
    one: u32,
}

fn main() {}
