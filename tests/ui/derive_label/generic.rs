use metrics_runtime::Label;

#[derive(Label)]
enum Step<const N: usize> {
    One,
}

fn main() {}
