//! Labels written by hand that panic, with our own recorder.

use std::panic::{AssertUnwindSafe, catch_unwind};

use metrics_runtime::{Label, counted, counted_failure};
use system_tests::Page;

/// It panics for the text of its second value and for the index of its third.
#[derive(Clone, Copy)]
struct Panicking(usize);

impl Label for Panicking {
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
#[counted(counter = "panicking_label_total", labels(odd))]
#[counted_failure(counter = "panicking_label_failures_total", labels(odd))]
fn work(odd: Panicking, panics: bool) {
    let _ = odd;
    assert!(!panics, "a panic on purpose");
}

#[test]
fn a_label_that_panics_changes_nothing_in_the_program() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    for number in 0..3 {
        work(Panicking(number), false);
        let payload = catch_unwind(AssertUnwindSafe(|| work(Panicking(number), true))).expect_err("it panics");
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"a panic on purpose"));
    }
    let page = Page::from(handle.render());
    let labels = [("odd", "text"), ("reason", "panic")];
    // The value without an index counts as the first one; the value without a text has no series.
    assert_eq!(page.value("panicking_label_total", &labels[..1]), Some(4.0), "{}", page.text());
    assert_eq!(page.value("panicking_label_failures_total", &labels), Some(2.0), "{}", page.text());
}
