use metrics_runtime::Label;

#[derive(Label)]
enum Step {
    #[label(rename = "")]
    Empty,
    #[label(rename = "two\nlines")]
    Control,
    #[label(rename = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    Long,
}

fn main() {}
