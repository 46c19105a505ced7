use metrics_runtime::Label;

#[derive(Label)]
enum Step {
    #[label(rename = "upscale")]
    First,
    Upscale,
}

fn main() {}
