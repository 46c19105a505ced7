use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(name))]
async fn unbounded(name: String) -> Result<(), String> {
    Err(name)
}

fn main() {}
