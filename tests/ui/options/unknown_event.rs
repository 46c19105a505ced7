use metrics_runtime::counted;

#[counted(counter = "calls_total", on = okay)]
fn misspelt() {}

#[counted(counter = "calls_total", on = success)]
fn unknown() {}

#[counted(counter = "calls_total", on = "ok")]
fn quoted() {}

fn main() {}
