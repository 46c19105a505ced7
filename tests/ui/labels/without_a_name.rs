use metrics_runtime::timed;

struct Job {
    kind: bool,
}

#[timed(histogram = "a_seconds", labels(job.kind))]
fn field(job: Job) {}

#[timed(histogram = "a_seconds", labels(kind.into(), large as bool))]
fn method_and_cast(kind: u8, large: u8) {}

#[timed(histogram = "a_seconds", labels(*kind, &large))]
fn operators(kind: &bool, large: bool) {}

#[timed(histogram = "a_seconds", labels(job::kind, Kind::Large, !large, of(1)))]
fn paths(large: bool) {}

#[timed(histogram = "a_seconds", labels(size == 1, if size == 1 { true } else { false }))]
fn comparisons(size: u8) {}

#[timed(histogram = "a_seconds", labels(+, job.))]
fn nothing() {}

fn main() {}
