//! Blocks, closures and futures that declared metrics measure.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use metrics_runtime::testing::capture;
use metrics_runtime::{Handle, declare_metrics};
use system_tests::Page;

declare_metrics! {
    /// How long it took to decode an image.
    histogram DECODE = "timer_decode_seconds", labels(even: bool), buckets(0.005, 3600);
    /// How long it took.
    histogram CLOSURE = "timer_closure_seconds", buckets(3600);
    /// How long it took.
    histogram FUTURE = "timer_future_seconds", labels(even: bool), buckets(0.005, 3600);
    /// How long it took.
    histogram BLOCK = "timer_block_seconds", buckets(0.005, 3600);
    /// How long it took.
    histogram CAPTURED = "timer_captured_seconds", labels(even: bool), buckets(3600);
    /// In flight.
    gauge ENTERED = "timer_entered";
    /// In flight.
    gauge ENTERED_BY = "timer_entered_by", labels(even: bool);
    /// In flight.
    gauge CAPTURED_GAUGE = "timer_captured_gauge";
}

const PAUSE: Duration = Duration::from_millis(10);

static HANDLE: LazyLock<Handle> =
    LazyLock::new(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"));

fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    Page::from(HANDLE.render()).value(name, labels).expect("the series is on the page")
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_closure_is_timed_with_its_value_and_its_panic() {
    LazyLock::force(&HANDLE);
    assert_eq!(CLOSURE.time(|| 12), 12);
    let text = String::from("moved");
    assert_eq!(CLOSURE.series().time(move || text), "moved");
    assert_eq!(value("timer_closure_seconds_count", &[]), 2.0);
    assert!(catch_unwind(|| CLOSURE.time(|| panic!("on purpose"))).is_err());
    assert_eq!(value("timer_closure_seconds_count", &[]), 3.0);
    DECODE.with(true).time(|| thread::sleep(PAUSE));
    assert_eq!(value("timer_decode_seconds_count", &[("even", "true")]), 1.0);
    assert_eq!(value("timer_decode_seconds_bucket", &[("even", "true"), ("le", "0.005")]), 0.0);
    assert!(value("timer_decode_seconds_sum", &[("even", "true")]) >= PAUSE.as_secs_f64());
    assert_eq!(value("timer_decode_seconds_count", &[("even", "false")]), 0.0);
}

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_future_is_measured_from_its_first_poll_to_each_of_its_ends() {
    LazyLock::force(&HANDLE);
    let count = |even: &str| value("timer_future_seconds_count", &[("even", even)]);
    let series = FUTURE.with(true);

    drop(series.measure(async {}));
    assert_eq!(count("true"), 0.0, "a future that is never polled is counted");

    // Its time begins with its first poll.
    let mut ready = pin!(series.measure(async { 12 }));
    thread::sleep(PAUSE);
    assert_eq!(poll(ready.as_mut()), Poll::Ready(12));
    assert_eq!(count("true"), 1.0);
    assert!(value("timer_future_seconds_sum", &[("even", "true")]) < PAUSE.as_secs_f64());

    {
        let mut waiting = pin!(series.measure(async {
            tokio::task::yield_now().await;
            pending::<()>().await;
        }));
        assert!(poll(waiting.as_mut()).is_pending());
        assert!(poll(waiting.as_mut()).is_pending());
        assert_eq!(count("true"), 1.0, "a future that waits is counted already");
        thread::sleep(PAUSE);
    }
    assert_eq!(count("true"), 2.0);
    assert!(value("timer_future_seconds_sum", &[("even", "true")]) >= PAUSE.as_secs_f64());

    let panics = || {
        let mut future = pin!(FUTURE.with(false).measure(async { panic!("on purpose") }));
        let _: Poll<()> = poll(future.as_mut());
    };
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(count("false"), 1.0);

    // A future that was ready is not counted again when it is dropped.
    {
        let mut future = Box::pin(FUTURE.with(false).measure(async {}));
        assert!(poll(future.as_mut()).is_ready());
        assert_eq!(count("false"), 2.0);
    }
    assert_eq!(count("false"), 2.0);
}

#[test]
fn a_measured_future_is_not_boxed_and_can_be_sent() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let future = is_send(BLOCK.measure(async {}));
    assert!(size_of_val(&future) <= 64, "{}", size_of_val(&future));
    is_send(BLOCK.start()).discard();
    drop(is_send(ENTERED_BY.with(false).enter()));
}

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_timer_observes_once_or_not_at_all() {
    fn early(text: &str) -> Option<u32> {
        let _timer = BLOCK.start();
        let number: u32 = text.parse().ok()?;
        Some(number + 1)
    }
    LazyLock::force(&HANDLE);
    let count = || value("timer_block_seconds_count", &[]);
    assert_eq!((early("1"), early("one")), (Some(2), None));
    assert_eq!(count(), 2.0);
    let timer = BLOCK.start();
    thread::sleep(PAUSE);
    let before = value("timer_block_seconds_sum", &[]);
    let time = timer.stop();
    assert_eq!(count(), 3.0);
    assert!(time >= PAUSE);
    let observed = value("timer_block_seconds_sum", &[]) - before;
    assert!((observed - time.as_secs_f64()).abs() < 1e-8, "{observed} is not {time:?}");
    BLOCK.series().start().discard();
    assert_eq!(count(), 3.0);
    // It can end on another thread.
    let timer = BLOCK.start();
    thread::spawn(move || drop(timer)).join().expect("the thread does not panic");
    assert_eq!(count(), 4.0);
}

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_gauge_is_higher_while_its_guard_lives() {
    LazyLock::force(&HANDLE);
    let level = || value("timer_entered", &[]);
    let first = ENTERED.enter();
    let second = ENTERED.series().enter();
    assert_eq!(level(), 2.0);
    thread::spawn(move || drop(first)).join().expect("the thread does not panic");
    assert_eq!(level(), 1.0);
    let panics = move || {
        let _second = second;
        panic!("on purpose");
    };
    assert!(catch_unwind(panics).is_err());
    assert_eq!(level(), 0.0);
    let _guard = ENTERED_BY.with(true).enter();
    assert_eq!(value("timer_entered_by", &[("even", "true")]), 1.0);
}

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_capture_has_what_began_in_it() {
    LazyLock::force(&HANDLE);
    let outside = CAPTURED_GAUGE.enter();
    let (mut timer, mut guard) = (None, None);
    let seen = capture(|| {
        CAPTURED.with(true).time(|| {});
        timer = Some(CAPTURED.with(true).start());
        guard = Some(CAPTURED_GAUGE.enter());
        drop(outside);
    });
    assert_eq!(seen.observations("timer_captured_seconds", &[("even", "true")]).len(), 1);
    assert_eq!(seen.gauge("timer_captured_gauge", &[]), 1.0);
    drop((timer, guard));
    assert_eq!(value("timer_captured_gauge", &[]), 0.0);
    assert_eq!(value("timer_captured_seconds_count", &[("even", "true")]), 0.0);
}
