//! The installation of the metrics.

use metrics_runtime::{Handle, InitError, Kind, Objective};

/// How long servers take for an answer does not depend on how fast an image is drawn.
const NOT_SCALED: [&str; 2] = ["comfyui_request_seconds", "redis_command_seconds"];

/// Installs the metrics, with their own buckets multiplied by a factor.
pub(crate) fn install(bucket_scale: f64) -> Result<Handle, InitError> {
    let catalog = metrics_runtime::catalog();
    let scaled = catalog
        .metrics()
        .filter(|metric| metric.kind() == Kind::Histogram && !NOT_SCALED.contains(&metric.name()))
        .map(|metric| {
            let mut objectives = catalog.objectives().filter(|objective| objective.metric() == metric.name());
            (metric.name(), scale(metric.buckets(), bucket_scale, objectives.find_map(Objective::under)))
        });
    let mut builder = metrics_runtime::builder();
    for (name, buckets) in scaled {
        builder = builder.buckets(name, buckets);
    }
    builder.init()
}

/// Installs the metrics of a command that ends soon: nobody would scrape it, so it has no port. It sends its values when the handle
/// is dropped, if the variables name a Pushgateway or a file.
pub(crate) fn install_without_port() -> Result<Handle, InitError> {
    metrics_runtime::builder().no_listener().init()
}

/// The buckets, multiplied by a factor. The bound of the metric's objective is kept, in place of the last one, because the
/// alerts ask for it.
fn scale(buckets: &[f64], factor: f64, kept: Option<f64>) -> Vec<f64> {
    // Rounded, so that the page shows 0.3 and not 0.30000000000000004.
    let mut scaled: Vec<f64> = buckets.iter().map(|bound| (bound * factor * 1e9).round() / 1e9).collect();
    if let Some(kept) = kept.filter(|kept| !scaled.iter().any(|bound| bound.to_bits() == kept.to_bits())) {
        scaled.pop();
        scaled.push(kept);
        scaled.sort_by(f64::total_cmp);
    }
    scaled
}
