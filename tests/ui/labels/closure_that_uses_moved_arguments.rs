use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(large: bool = |_| text.len() > 3))]
fn moved(text: String) -> String {
    text
}

fn main() {}
