//! Two groups of functions cannot share a metric with a label that has their names: the values differ.

use metrics_runtime::{builder, catalog, counted};

struct Store;

#[counted(counter = "store_total", labels(method))]
impl Store {
    fn get() {}
}

#[counted(counter = "store_total", labels(method))]
impl Store {
    fn put() {}
}

#[test]
fn check_and_init_name_both_places() {
    Store::get();
    Store::put();
    let conflict = catalog().check().expect_err("the values differ").to_string();
    for part in ["store_total", "method", "groups_conflict::get", "groups_conflict::put"] {
        assert!(conflict.contains(part), "{part}: {conflict}");
    }
    let refused = builder().no_listener().init().expect_err("the values differ").to_string();
    assert!(refused.contains(&conflict), "{refused}");
}
