use metrics_runtime::Label;

#[derive(Clone, Copy, Label)]
enum Sized<const N: usize> {
    One,
}

fn main() {}
