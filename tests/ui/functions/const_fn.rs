use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
const fn constant() -> u32 {
    3
}

fn main() {}
