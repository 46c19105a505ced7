//! Labels written by hand that panic, where our own recorder is installed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use metrics_runtime::{Label, counted, counted_failure};
use system_tests::Page;

/// Its second value has no text, and its third no index.
#[derive(Clone, Copy)]
struct Hostile(usize);

impl Label for Hostile {
    const CARDINALITY: usize = 3;

    fn index(&self) -> usize {
        assert!(self.0 < 2, "this value has no index");
        self.0
    }

    fn value(index: usize) -> Option<&'static str> {
        assert!(index != 1, "this value has no text");
        Some("text")
    }
}

/// Works.
#[counted(counter = "hostile_label_total", labels(odd))]
#[counted_failure(counter = "hostile_label_failures_total", labels(odd))]
fn work(odd: Hostile, panics: bool) {
    let _ = odd;
    assert!(!panics, "told to panic");
}

#[test]
fn a_label_that_panics_changes_nothing_in_the_program() {
    let handle = metrics_runtime::builder().no_listener().init().expect("a label of the program's is no setting");
    for number in 0..3 {
        work(Hostile(number), false);
        let payload = catch_unwind(AssertUnwindSafe(|| work(Hostile(number), true))).expect_err("told to");
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"told to panic"));
    }
    let page = Page::from(handle.render());
    let labels = [("odd", "text"), ("reason", "panic")];
    // The value without an index counts as the first one; the one without a text has no series.
    assert_eq!(page.value("hostile_label_total", &labels[..1]), Some(4.0), "{}", page.text());
    assert_eq!(page.value("hostile_label_failures_total", &labels), Some(2.0), "{}", page.text());
}
