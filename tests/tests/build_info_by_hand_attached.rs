//! A program that declares `build_info` by hand, beside `build_info!()`, and has its own recorder.

use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_runtime::{Label, declare_metrics};
use system_tests::Page;

metrics_runtime::build_info!();

#[derive(Clone, Copy, Label)]
enum Channel {
    Stable,
}

declare_metrics! {
    /// What this program is.
    gauge BUILD_INFO = "build_info", labels(channel: Channel);
}

#[test]
fn the_users_recorder_has_one_build_info() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("there is none yet");
    metrics_runtime::attach().expect("there is a recorder");
    BUILD_INFO.with(Channel::Stable).set(1);
    let page = Page::from(handle.render());
    let series = page.series("build_info");
    assert_eq!(series.len(), 1, "{}", page.text());
    assert_eq!(page.value("build_info", &[("channel", "stable")]), Some(1.0), "{}", page.text());
}
