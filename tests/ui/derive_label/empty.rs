use metrics_runtime::Label;

#[derive(Label)]
enum Never {}

fn main() {}
