use metrics_runtime::{counted, counted_failure, timed};

#[timed(histogram = "draw_seconds", objective(percent = 90, under = 1))]
fn draw() {}

#[counted(counter = "reads_total")]
#[counted_failure(counter = "read_failures_total", objective(percent = 93.05))]
fn read() {}

#[counted(counter = "writes_total")]
#[counted_failure(counter = "write_failures_total", objective(percent = 93.06))]
fn it_can() {}

fn main() {}
