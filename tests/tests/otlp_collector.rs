//! Behind a collector, a database stores the same series as the page has.

mod export {
    pub(crate) mod stored;
    pub(crate) mod unusual;
}

use system_tests::{Rotel, VictoriaMetrics};

#[test]
fn behind_a_collector_a_database_stores_what_the_page_says() {
    let stored = VictoriaMetrics::start();
    let collector = Rotel::sending_to(stored.otlp_url());
    let metrics = export::stored::exporting_to(&collector.url()).otlp_gzip(true).init().expect("nothing is wrong");
    export::stored::is_the_page(&metrics, &stored);
}
