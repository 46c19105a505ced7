//! A database that takes OTLP itself stores the same series as the page has.

mod export {
    pub(crate) mod stored;
    pub(crate) mod unusual;
}

use system_tests::VictoriaMetrics;

#[test]
fn a_database_stores_what_the_page_says() {
    let stored = VictoriaMetrics::start();
    let base = stored.otlp_url();
    let base = base.strip_suffix("/v1/metrics").expect("the metrics have the usual path");
    let metrics = export::stored::exporting_to(base).init().expect("nothing is wrong");
    export::stored::is_the_page(&metrics, &stored);
}
