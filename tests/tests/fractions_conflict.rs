//! A program in which one place counts whole numbers in a metric, and another one fractions.

use metrics_runtime::{InitError, counted, declare_metrics};

#[counted(counter = "pages_total")]
fn print() {}

declare_metrics! {
    /// Parts of pages.
    counter PAGES = "pages_total", fractional;
}

#[test]
fn init_names_both_places() {
    print();
    PAGES.increment(0.5);
    let error = metrics_runtime::builder().no_listener().init().expect_err("they disagree");
    assert!(matches!(error, InitError::Catalog(_)));
    let text = error.to_string();
    assert!(
        text.starts_with("the sites of the metric `pages_total` disagree on its numbers: whole numbers at "),
        "{text}"
    );
    assert!(
        text.contains("fractions_conflict.rs:5 (`fractions_conflict::print`), but numbers with fractions at "),
        "{text}"
    );
    assert!(text.contains("(`fractions_conflict::PAGES`); make them agree"), "{text}");
}
