use metrics_runtime::Label;

#[derive(Label)]
enum Step {
    #[label(name = "one")]
    One,
    #[label(rename = 2)]
    Two,
    #[label(rename = "3", rename = "three")]
    Three,
}

fn main() {}
