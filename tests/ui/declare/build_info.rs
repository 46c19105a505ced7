use metrics_runtime::{declare_metrics, in_flight};

declare_metrics! {
    /// The version.
    gauge BUILD_INFO = "build_info";
    /// The model.
    gauge MODEL = "model_info", labels(is_large: bool);
    /// The version.
    counter COUNTED = "worker_build_info", labels(is_large: bool);
}

#[in_flight(gauge = "build_info")]
fn build() {}

fn main() {}
