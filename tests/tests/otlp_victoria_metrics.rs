//! A database that takes OTLP itself stores the same series as the page has.

mod otlp {
    pub(crate) mod stored;
}

use std::time::Duration;

use system_tests::VictoriaMetrics;

#[test]
fn a_database_stores_what_the_page_says() {
    let stored = VictoriaMetrics::start();
    let base = stored.otlp_url();
    let base = base.strip_suffix("/v1/metrics").expect("the metrics have the usual path");
    let metrics = metrics_runtime::builder()
        .no_listener()
        .otlp_endpoint(base)
        .otlp_resource("service.name", "same")
        .otlp_resource("service.instance.id", "one")
        .otlp_interval(Duration::from_secs(3600))
        .init()
        .expect("nothing is wrong");
    otlp::stored::is_the_page(&metrics, &stored);
}
