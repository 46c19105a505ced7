use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(timestamp))]
fn with_timestamp(timestamp: bool) {}

#[counted(counter = "calls_total", labels(time))]
fn with_time(time: bool) {}

#[counted(counter = "calls_total", labels(date))]
fn with_date(date: bool) {}

fn main() {}
