use metrics_runtime::Label;

#[derive(Clone, Copy, Label)]
#[label(as_str)]
enum Step {
    One,
}

// The word and the function are one too many.
impl Step {
    pub fn as_str(&self) -> &'static str {
        "one"
    }
}

fn main() {}
