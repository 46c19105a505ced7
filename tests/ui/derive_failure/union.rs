use metrics_runtime::Failure;

#[derive(Failure)]
union Bits {
    one: u32,
}

fn main() {}
