//! Behind a collector, a database stores the same series as the page has.

mod otlp {
    pub(crate) mod stored;
}

use std::time::Duration;

use system_tests::{Rotel, VictoriaMetrics};

#[test]
fn behind_a_collector_a_database_stores_what_the_page_says() {
    let stored = VictoriaMetrics::start();
    let collector = Rotel::sending_to(&stored.otlp_url());
    let metrics = metrics_runtime::builder()
        .no_listener()
        .otlp_endpoint(collector.url())
        .otlp_gzip(true)
        .otlp_resource("service.name", "same")
        .otlp_resource("service.instance.id", "one")
        .otlp_interval(Duration::from_secs(3600))
        .init()
        .expect("nothing is wrong");
    otlp::stored::is_the_page(&metrics, &stored);
}
