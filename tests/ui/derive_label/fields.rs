use metrics_runtime::Label;

#[derive(Label)]
enum Step {
    Plain,
    Named { name: String },
    Counted(u32),
}

fn main() {}
