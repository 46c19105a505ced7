use metrics_runtime::{counted, counted_failure};

struct Worker;

impl Worker {
    #[counted_failure(counter = "a_total")]
    #[track_caller]
    fn method(&self) -> Result<(), String> {
        Ok(())
    }

    // This attribute does not need the outcome.
    #[counted(counter = "b_total")]
    #[track_caller]
    fn counted(&self) {}
}

fn main() {}
