use metrics_runtime::{counted, timed};

#[timed(histogram = "calls", labels(stepp, job_id), buckets(2, 1), on = ok)]
#[counted(counter = "calls", on = never)]
fn all_are_reported(step: bool, job_id: u64) -> u32 {
    step as u32
}

fn the_function_is_there_in_any_case() -> u32 {
    all_are_reported(true, 3)
}

fn main() {}
