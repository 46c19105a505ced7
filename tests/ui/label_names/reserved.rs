use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(le))]
fn with_le(le: bool) {}

#[counted(counter = "calls_total", labels(quantile))]
fn with_quantile(quantile: bool) {}

#[counted(counter = "calls_total", labels(__name__))]
fn with_name(__name__: bool) {}

fn main() {}
