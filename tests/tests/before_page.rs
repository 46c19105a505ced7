//! Functions of the program that run before each page.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics_runtime::{Handle, declare_metrics};
use system_tests::Page;

declare_metrics! {
    /// Read when a page is made.
    gauge MEMORY = "page_memory_bytes";
    /// Pages.
    counter PAGES = "page_pages_total";
}

// One test: a program has one recorder.
#[test]
fn a_page_has_the_values_that_are_read_for_it() {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    let memory = Arc::new(AtomicU64::new(1));
    let seen = Arc::clone(&memory);
    let handle = metrics_runtime::builder()
        .listen(([127, 0, 0, 1], 0))
        .before_page(|| panic!("a collector may panic"))
        .before_page(move || {
            #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
            MEMORY.set(seen.load(Ordering::Relaxed) as f64);
            // What another crate's collector does.
            metrics::gauge!("page_threads").set(3.0);
        })
        .before_page(|| {
            PAGES.increment(1);
            // A page in a hook is made, and runs no hooks again.
            if let Some(handle) = HANDLE.get() {
                assert!(handle.render().contains("page_pages_total"));
            }
        })
        .init()
        .expect("the settings are valid");
    let url = format!("http://{}/metrics", handle.local_addr().expect("it listens"));
    let handle = HANDLE.get_or_init(|| handle);
    assert!(!handle.render().contains("metrics_reading_failures_total"), "the program reads no gauges");
    for value in 1..4 {
        memory.store(value, Ordering::Relaxed);
        #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
        let (pages, value) = (value as f64 * 2.0 + 1.0, value as f64);
        for (page, pages) in [(Page::fetch(&url), pages - 1.0), (Page::from(handle.render()), pages)] {
            assert_eq!(page.value("page_memory_bytes", &[]), Some(value));
            assert_eq!(page.value("page_threads", &[]), Some(3.0));
            assert_eq!(page.value("page_pages_total", &[]), Some(pages));
        }
    }
}
