//! A call in a trace allocates nothing, except the first call of its thread and the first exemplar of a series.

#[path = "allocations/calls.rs"]
mod calls;

use calls::assert_that_calls_allocate_nothing;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use system_tests::Page;
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[test]
fn a_call_in_a_trace_allocates_nothing_after_the_first_of_its_thread() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing_subscriber::registry().with(metrics_runtime::exemplar_layer(layer)).init();
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    for _ in 0..2 {
        let work = || info_span!("work").in_scope(assert_that_calls_allocate_nothing);
        std::thread::spawn(work).join().expect("the thread does not panic");
    }
    let page = Page::fetch_openmetrics(&format!("http://{}/metrics", handle.local_addr().expect("it listens")));
    assert_eq!(page.value("allocations_total", &[("even", "true")]), Some(4004.0));
    assert!(!page.exemplars("allocations_seconds_bucket").is_empty(), "{}", page.text());
    assert!(!page.exemplars("allocations_async_failures_total").is_empty(), "{}", page.text());
}
