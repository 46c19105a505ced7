//! Preset values where the metrics are attached to another recorder.

use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_runtime::{Interned, Label, counted};
use system_tests::Page;

/// A tenant, by its name in the configuration.
#[derive(Clone, Copy, Label)]
#[label(max_values = 3)]
struct Tenant(Interned);

#[counted(counter = "attached_work_total", labels(tenant))]
fn work(tenant: Tenant) {
    let _ = tenant;
}

#[test]
fn the_users_recorder_has_the_series_of_preset_values_at_zero() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("there is none yet");
    Tenant::preset(["acme", "other"]).expect("they fit");
    let values = || {
        let page = Page::from(handle.render());
        ["acme", "globex", "other"].map(|tenant| page.value("attached_work_total", &[("tenant", tenant)]))
    };
    assert_eq!(values(), [None; 3]);
    metrics_runtime::attach().expect("there is a recorder");
    assert_eq!(values(), [Some(0.0), None, Some(0.0)]);
    work(Tenant::new("globex"));
    assert_eq!(values(), [Some(0.0), Some(1.0), Some(0.0)]);
}
