//! The installation of the metrics.

use metrics_runtime::{Handle, InitError, Kind};

/// How long servers take for an answer does not depend on how fast an image is drawn.
const NOT_SCALED: [&str; 2] = ["comfyui_request_seconds", "redis_command_seconds"];

/// Installs the metrics, with their own buckets multiplied by a factor.
pub(crate) fn install(bucket_scale: f64) -> Result<Handle, InitError> {
    let catalog = metrics_runtime::catalog();
    let scaled = catalog
        .metrics()
        .filter(|metric| metric.kind() == Kind::Histogram && !NOT_SCALED.contains(&metric.name()))
        .map(|metric| (metric.name(), metric.buckets()));
    let mut builder = metrics_runtime::builder();
    for (name, buckets) in scaled {
        // Rounded, so that the page shows 0.3 and not 0.30000000000000004.
        let buckets: Vec<f64> = buckets.iter().map(|bound| (bound * bucket_scale * 1e9).round() / 1e9).collect();
        builder = builder.buckets(name, buckets);
    }
    builder.init()
}
