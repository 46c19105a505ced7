//! Installs the metrics.

use metrics_runtime::{Handle, InitError, Kind};

/// What servers' own answers take does not depend on how fast one of them draws.
const NOT_SCALED: [&str; 2] = ["comfyui_request_seconds", "redis_command_seconds"];

/// Installs them, with the plan's buckets or with shorter ones.
pub fn init(bucket_scale: f64) -> Result<Handle, InitError> {
    let catalog = metrics_runtime::catalog();
    let scaled = catalog
        .metrics()
        .filter(|metric| metric.kind() == Kind::Histogram && !NOT_SCALED.contains(&metric.name()))
        .map(|metric| (metric.name(), metric.buckets()));
    let mut builder = metrics_runtime::builder();
    for (name, buckets) in scaled {
        // Rounded, so that the page says 0.3 and not 0.30000000000000004.
        let buckets: Vec<f64> = buckets.iter().map(|bound| (bound * bucket_scale * 1e9).round() / 1e9).collect();
        builder = builder.buckets(name, buckets);
    }
    builder.init()
}
