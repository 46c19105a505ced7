//! Exemplars of calls, from a function of the program that says where in a trace a thread is.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use metrics_runtime::{
    Handle, Interned, Label, TraceContext, counted, counted_failure, declare_metrics, in_flight, testing, timed,
};
use system_tests::{Exemplar, Page, Response, strict_parse_openmetrics, wait_until};

thread_local! {
    static PLACE: Cell<Place> = const { Cell::new(Place::Nowhere) };
}

/// Where the test says that its thread is.
#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    In(u64),
    NotSampled,
    /// In the only span of another trace.
    InTrace(u128),
    Panics,
}

fn trace_context() -> Option<TraceContext> {
    match PLACE.get() {
        Place::Nowhere => None,
        Place::In(span) => TraceContext::new(u128::MAX - u128::from(span), span, true),
        Place::InTrace(trace) => TraceContext::new(trace, 1, true),
        Place::NotSampled => TraceContext::new(7, 7, false),
        Place::Panics => panic!("the source of the test panics"),
    }
}

static HANDLE: LazyLock<Handle> = LazyLock::new(|| {
    let builder = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).exemplars(trace_context);
    builder.init().expect("the settings are valid")
});

fn page() -> Page {
    let address = HANDLE.local_addr().expect("it listens");
    Page::fetch_openmetrics(&format!("http://{address}/metrics"))
}

/// Runs code at a place.
fn at<T>(place: Place, run: impl FnOnce() -> T) -> T {
    LazyLock::force(&HANDLE);
    let before = PLACE.replace(place);
    let result = run();
    PLACE.set(before);
    result
}

/// The span of the only exemplar of a metric.
fn only_span(page: &Page, series: &str) -> u64 {
    let exemplars = page.exemplars(series);
    assert_eq!(exemplars.len(), 1, "{series}: {exemplars:?}\n{}", page.text());
    span_of(&exemplars[0].1)
}

/// The span of an exemplar, with a check of its trace.
fn span_of(exemplar: &Exemplar) -> u64 {
    let span = u64::from_str_radix(&exemplar.span_id, 16).expect("digits");
    assert_eq!(exemplar.trace_id, format!("{:032x}", u128::MAX - u128::from(span)));
    span
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_counter_of_fractions_says_how_much_was_added() {
    declare_metrics! {
        /// Time.
        counter SPENT = "exemplar_spent_seconds_total";
        /// Energy.
        counter ENERGY = "exemplar_energy_joules_total", fractional;
    }

    at(Place::In(41), || SPENT.increment(0.25));
    at(Place::In(42), || ENERGY.increment(1.5));
    let page = page();
    for (name, span, value) in [("exemplar_spent_seconds_total", 41, 0.25), ("exemplar_energy_joules_total", 42, 1.5)] {
        assert_eq!(only_span(&page, name), span);
        assert_eq!(page.exemplars(name)[0].1.value.to_bits(), f64::to_bits(value));
    }
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
}

#[test]
fn a_value_that_a_capped_label_cannot_keep_is_named_by_its_place() {
    #[derive(Clone, Copy, Label)]
    #[label(max_values = 1)]
    struct Scene(Interned);

    at(Place::In(61), || {
        for name in ["forest", "desert"] {
            let _ = Scene::new(name);
        }
    });
    let page = page();
    assert_eq!(page.value("metrics_label_overflow_total", &[("label", "scene")]), Some(1.0), "{}", page.text());
    assert_eq!(only_span(&page, "metrics_label_overflow_total"), 61);
}

#[test]
fn a_timer_that_records_nothing_on_the_page_leaves_no_exemplar() {
    declare_metrics! {
        /// Discarded.
        histogram DISCARDED = "timer_discarded_seconds", buckets(1000);
        /// Captured.
        histogram CAPTURED = "timer_captured_seconds", buckets(1000);
        /// Ended in a capture.
        histogram ENDED = "timer_ended_seconds", buckets(1000);
    }

    at(Place::In(51), || DISCARDED.start().discard());
    // It begins in a capture, and ends after it: it belongs to neither.
    at(Place::In(52), || drop(testing::capture(|| CAPTURED.start()).output));
    // It belongs to the page.
    at(Place::In(53), || {
        let timer = ENDED.start();
        let _seen = testing::capture(|| drop(timer));
    });
    let page = page();
    for name in ["timer_discarded_seconds", "timer_captured_seconds"] {
        assert_eq!(page.value(&format!("{name}_count"), &[]), Some(0.0), "{}", page.text());
        assert!(page.exemplars(&format!("{name}_bucket")).is_empty(), "{}", page.text());
    }
    assert_eq!(page.value("timer_ended_seconds_count", &[]), Some(1.0), "{}", page.text());
    assert_eq!(only_span(&page, "timer_ended_seconds_bucket"), 53);
}

#[test]
fn a_bucket_and_a_counter_name_the_call_that_they_count() {
    #[timed(histogram = "named_seconds", buckets(0.02, 1000))]
    #[counted(counter = "named_started_total")]
    #[counted(counter = "named_ok_total", on = ok)]
    #[counted(counter = "named_ended_total", on = end)]
    #[in_flight(gauge = "named_active")]
    fn named(duration: Duration) {
        std::thread::sleep(duration);
    }
    let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
    at(Place::In(1), || named(Duration::from_millis(30)));
    at(Place::Nowhere, || named(Duration::ZERO));
    let page = page();
    let exemplars = page.exemplars("named_seconds_bucket");
    assert_eq!(exemplars.len(), 1, "{}", page.text());
    let (labels, exemplar) = &exemplars[0];
    assert_eq!(labels["le"], "1000.0");
    assert_eq!(span_of(exemplar), 1);
    assert_eq!(exemplar.trace_id, format!("{:032x}", u128::MAX - 1));
    assert!((0.02..1000.0).contains(&exemplar.value), "{exemplar:?}");
    let after = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
    // The page has milliseconds.
    assert!((before - 0.001..=after).contains(&exemplar.time), "{before} {exemplar:?} {after}");
    for counter in ["named_started_total", "named_ok_total", "named_ended_total"] {
        assert_eq!(only_span(&page, counter), 1);
        assert_eq!(page.exemplars(counter)[0].1.value.to_bits(), 1_f64.to_bits());
    }
    assert_eq!(page.exemplars("named_active"), []);
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
}

#[test]
fn other_formats_have_none() {
    #[timed(histogram = "plain_text_seconds")]
    fn plain_text() {}
    at(Place::In(1), plain_text);
    assert_eq!(page().exemplars("plain_text_seconds_bucket").len(), 1);
    let address = HANDLE.local_addr().expect("it listens");
    let text = Response::get(&format!("http://{address}/metrics")).expect("a page").body;
    assert!(text.contains("plain_text_seconds_count 1\n") && !text.contains("trace_id"), "{text}");
    assert!(!HANDLE.render().contains("trace_id"));
}

#[test]
fn a_call_outside_of_a_trace_has_none() {
    #[timed(histogram = "outside_seconds")]
    #[counted(counter = "outside_total")]
    fn outside() {}
    for place in [Place::Nowhere, Place::NotSampled, Place::Panics] {
        at(place, outside);
    }
    let page = page();
    assert_eq!(page.value("outside_total", &[]), Some(3.0));
    assert_eq!(page.value("outside_seconds_count", &[]), Some(3.0));
    assert_eq!(page.exemplars("outside_seconds_bucket"), []);
    assert_eq!(page.exemplars("outside_total"), []);
}

#[test]
fn a_failure_is_named_by_the_failed_call() {
    #[timed(histogram = "failing_seconds", labels(outcome))]
    #[counted_failure(counter = "failing_failures_total")]
    fn failing(is_ok: bool) -> Result<(), std::io::Error> {
        if is_ok { Ok(()) } else { Err(std::io::ErrorKind::TimedOut.into()) }
    }
    at(Place::In(1), || failing(true)).expect("it is ok");
    at(Place::In(2), || failing(false)).expect_err("it fails");
    let page = page();
    assert_eq!(only_span(&page, "failing_failures_total{reason=\"timeout\"}"), 2);
    let mut outcomes: Vec<_> = page.exemplars("failing_seconds_bucket");
    outcomes.sort_by_key(|(labels, _)| labels["outcome"].clone());
    let outcomes: Vec<_> = outcomes.iter().map(|(labels, one)| (labels["outcome"].as_str(), span_of(one))).collect();
    assert_eq!(outcomes, [("ok", 1), ("timeout", 2)]);
}

#[test]
fn the_place_is_read_when_the_call_starts() {
    #[timed(histogram = "moving_seconds", labels(outcome))]
    #[counted_failure(counter = "moving_failures_total")]
    async fn moving(waits: bool) -> Result<(), std::io::Error> {
        let mut was_polled = false;
        poll_fn(|_| if std::mem::replace(&mut was_polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
        if waits {
            pending::<()>().await;
        }
        Ok(())
    }
    // It is made at one place, begins at a second, and ends at a third, on another thread.
    let mut future = at(Place::In(1), || Box::pin(moving(false)));
    assert!(at(Place::In(2), || poll(future.as_mut())).is_pending());
    std::thread::spawn(move || assert!(at(Place::In(3), || poll(future.as_mut())).is_ready()))
        .join()
        .expect("no panic");
    // It is dropped at a third place.
    let mut future = at(Place::In(4), || Box::pin(moving(true)));
    assert!(at(Place::In(5), || poll(future.as_mut())).is_pending());
    std::thread::spawn(move || at(Place::In(6), || drop(future))).join().expect("no panic");
    // A future that never began is no call.
    at(Place::In(7), || drop(moving(true)));
    let page = page();
    assert_eq!(only_span(&page, "moving_failures_total{reason=\"cancelled\"}"), 5);
    let mut spans: Vec<_> = page.exemplars("moving_seconds_bucket");
    spans.sort_by_key(|(labels, _)| labels["outcome"].clone());
    assert_eq!(spans.iter().map(|(_, one)| span_of(one)).collect::<Vec<_>>(), [5, 2]);
}

#[test]
fn a_panic_is_named_by_its_call() {
    #[counted_failure(counter = "panicking_failures_total")]
    fn panicking() {
        panic!("the function of the test panics");
    }
    let _ = at(Place::In(3), || std::panic::catch_unwind(panicking));
    assert_eq!(only_span(&page(), "panicking_failures_total{reason=\"panic\"}"), 3);
}

#[test]
fn an_exemplar_stays_for_a_second_and_is_then_replaced() {
    #[timed(histogram = "replaced_seconds", buckets(1000))]
    #[counted(counter = "replaced_total", on = ok)]
    fn replaced() {}
    let replace = |span| at(Place::In(span), replaced);
    // On a machine that stands still for a second it says nothing: then once more, when the exemplar may be replaced again.
    let first = wait_until("two calls within a second", || {
        let begun = Instant::now();
        replace(1);
        let shown = only_span(&page(), "replaced_total");
        replace(2);
        let kept = only_span(&page(), "replaced_total");
        (begun.elapsed() < Duration::from_millis(900)).then_some((shown, kept))
    });
    assert_eq!(first.0, first.1);
    wait_until("a new exemplar", || {
        replace(9);
        let page = page();
        (only_span(&page, "replaced_total") == 9 && only_span(&page, "replaced_seconds_bucket") == 9).then_some(())
    });
}

#[derive(Clone, Copy, Debug, Label)]
enum Side {
    Left,
    Right,
}

declare_metrics! {
    /// Waits.
    histogram WAIT = "by_hand_wait_seconds", labels(side: Side), buckets(1, 10);
    /// Bytes.
    counter BYTES = "by_hand_bytes_total";
    /// Level.
    gauge LEVEL = "by_hand_level";
}

#[test]
fn values_recorded_by_hand_have_exemplars_too() {
    at(Place::In(4), || {
        WAIT.with(Side::Left).observe(5.5);
        WAIT.with(Side::Left).observe(f64::NAN);
        BYTES.increment(1024);
        LEVEL.set(3.0);
    });
    at(Place::Nowhere, || WAIT.with(Side::Right).observe(0.5));
    let page = page();
    let waits = page.exemplars("by_hand_wait_seconds_bucket");
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!((waits[0].0["side"].as_str(), waits[0].0["le"].as_str()), ("left", "10.0"));
    assert_eq!((span_of(&waits[0].1), waits[0].1.value.to_bits()), (4, 5.5_f64.to_bits()));
    let bytes = page.exemplars("by_hand_bytes_total");
    assert_eq!((span_of(&bytes[0].1), bytes[0].1.value.to_bits()), (4, 1024_f64.to_bits()));
    assert_eq!(page.exemplars("by_hand_level"), []);
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
}

#[test]
fn threads_that_write_at_once_leave_whole_exemplars() {
    #[timed(histogram = "crowded_seconds", buckets(1000))]
    fn crowded() {}
    LazyLock::force(&HANDLE);
    let until = Instant::now() + Duration::from_secs(3);
    std::thread::scope(|scope| {
        for thread in 1..=4_u64 {
            scope.spawn(move || {
                let mut number = 0;
                while Instant::now() < until {
                    number += 1;
                    at(Place::In(thread << 32 | number), crowded);
                }
            });
        }
        while Instant::now() < until {
            for (_, exemplar) in page().exemplars("crowded_seconds_bucket") {
                // It checks that both ids belong together.
                span_of(&exemplar);
            }
        }
    });
}

#[test]
fn a_nested_call_has_its_own_place() {
    #[timed(histogram = "nested_outer_seconds")]
    fn outer() {
        at(Place::In(12), inner);
    }
    #[timed(histogram = "nested_inner_seconds")]
    fn inner() {}
    at(Place::In(11), outer);
    let page = page();
    assert_eq!(only_span(&page, "nested_outer_seconds_bucket"), 11);
    assert_eq!(only_span(&page, "nested_inner_seconds_bucket"), 12);
}

#[test]
fn equal_ids_of_spans_in_two_traces_are_two_spans() {
    #[counted(counter = "equal_outer_total", on = end)]
    fn outer() {
        at(Place::InTrace(2), inner);
    }
    #[counted(counter = "equal_inner_total", on = end)]
    fn inner() {}
    at(Place::InTrace(1 << 64), outer);
    let page = page();
    let trace = |series: &str| page.exemplars(series)[0].1.trace_id.clone();
    assert_eq!(trace("equal_outer_total"), format!("{:032x}", 1_u128 << 64));
    assert_eq!(trace("equal_inner_total"), format!("{:032x}", 2));
}
