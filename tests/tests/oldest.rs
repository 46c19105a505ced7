//! The age of the oldest call in flight.

#![allow(clippy::float_cmp, reason = "an age of zero is written as zero")]

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

use metrics_runtime::{Handle, Interned, Kind, Label, counted, declare_metrics, in_flight, testing, timed};
use system_tests::{Page, Response, promtool_check_metrics, strict_parse_openmetrics, wait_until};

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    Draw,
    Upscale,
}

/// Waits for the end of a channel, and so blocks its thread.
#[in_flight(gauge = "hung_active", oldest = "hung_active_oldest_seconds", labels(step))]
#[timed(histogram = "hung_seconds", buckets(1), labels(outcome))]
#[allow(clippy::unused_async, reason = "it blocks the whole runtime")]
async fn hang(step: Step, end: mpsc::Receiver<Infallible>) -> Result<(), mpsc::RecvError> {
    let _ = step;
    end.recv().map(|_| ())
}

/// Never ends.
#[counted(counter = "waits_total")]
#[in_flight(gauge = "wait_active", oldest = "wait_active_oldest_seconds")]
async fn wait() {
    pending::<()>().await;
}

/// Ends as it is told.
#[in_flight(gauge = "end_active", oldest = "end_active_oldest_seconds")]
#[counted(counter = "ends_total", on = end, labels(outcome))]
fn end_at_once(how: u32) -> Result<u32, String> {
    match how % 3 {
        0 => Ok(how),
        1 => Err("it failed".to_owned()),
        _ => panic!("as it should"),
    }
}

/// Does next to nothing.
#[in_flight(gauge = "busy_active", oldest = "busy_active_oldest_seconds", labels(even: bool = number.is_multiple_of(2)))]
fn busy(number: u32) -> u32 {
    number + 1
}

/// A name that only the running program knows.
#[derive(Clone, Copy, Label)]
#[label(max_values = 1)]
struct Workflow(Interned);

#[in_flight(gauge = "workflow_active", oldest = "workflow_active_oldest_seconds", labels(workflow))]
async fn work(workflow: Workflow) {
    let _ = workflow;
    pending::<()>().await;
}

declare_metrics! {
    /// Calls of two functions.
    gauge SHARED = "shared_active", labels(step: Step, urgent: bool);
}

#[in_flight(gauge = SHARED, oldest = "shared_active_oldest_seconds", labels(urgent = true, step))]
async fn first(step: Step) {
    let _ = step;
    pending::<()>().await;
}

#[in_flight(gauge = SHARED, oldest = "shared_active_oldest_seconds", labels(step = Step::Draw, urgent = true))]
async fn second() {
    pending::<()>().await;
}

/// A call that began before `init`.
static EARLY: OnceLock<Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>> = OnceLock::new();

#[in_flight(gauge = "early_active", oldest = "early_active_oldest_seconds")]
async fn early() {
    pending::<()>().await;
}

fn metrics() -> &'static Handle {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let mut call: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(early());
        assert!(!poll(call.as_mut()));
        let _ = EARLY.set(Mutex::new(call));
        metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid")
    })
}

/// The page, as a scraper gets it.
fn page() -> Page {
    let address = metrics().local_addr().expect("it listens");
    Page::fetch(&format!("http://{address}/metrics"))
}

fn age(name: &str, labels: &[(&str, &str)]) -> f64 {
    let page = page();
    page.value(name, labels).unwrap_or_else(|| panic!("{name} is missing:\n{}", page.text()))
}

/// Waits until the page shows an age of more than `seconds`.
fn wait_for_age(name: &str, labels: &[(&str, &str)], seconds: f64) -> f64 {
    wait_until(name, || Some(age(name, labels)).filter(|age| *age > seconds))
}

fn overflow(gauge: &str) -> f64 {
    age("metrics_in_flight_overflow_total", &[("oldest", gauge)])
}

fn poll(future: Pin<&mut (impl Future + ?Sized)>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// Lets one test at a time hold calls of `wait`.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_call_that_blocks_the_whole_runtime_shows_its_age_at_the_next_scrape() {
    const AGE: &str = "hung_active_oldest_seconds";
    metrics();
    assert_eq!(age(AGE, &[("step", "draw")]), 0.0);
    let (end, ended) = mpsc::channel();
    let program = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(hang(Step::Draw, ended))
    });
    let first = wait_for_age(AGE, &[("step", "draw")], 0.0);
    let later = wait_for_age(AGE, &[("step", "draw")], first);
    assert!(later > first);
    assert_eq!(age(AGE, &[("step", "upscale")]), 0.0, "the other step is idle");
    assert_eq!(page().value("hung_active", &[("step", "draw")]), Some(1.0));
    drop(end);
    assert!(program.join().expect("it does not panic").is_err());
    assert_eq!(age(AGE, &[("step", "draw")]), 0.0);
}

#[test]
fn a_call_that_is_dropped_frees_its_place() {
    const AGE: &str = "wait_active_oldest_seconds";
    let _alone = alone();
    metrics();
    let mut older = Box::pin(wait());
    assert!(!poll(older.as_mut()));
    let of_older = wait_for_age(AGE, &[], 0.01);
    let mut younger = Box::pin(wait());
    assert!(!poll(younger.as_mut()));
    assert!(age(AGE, &[]) >= of_older, "the oldest one counts");
    drop(older);
    // The younger one was not there yet at that time.
    let of_younger = age(AGE, &[]);
    let mut third = Box::pin(wait());
    assert!(!poll(third.as_mut()));
    assert!(wait_for_age(AGE, &[], of_younger) > of_younger);
    drop((younger, third));
    assert_eq!(age(AGE, &[]), 0.0);
    assert_eq!(page().value("wait_active", &[]), Some(0.0));
}

#[test]
fn a_call_that_ends_in_any_way_frees_its_place() {
    metrics();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Three hundred calls that panic would fill the table.
                for how in 0..1000 {
                    let _ = catch_unwind(AssertUnwindSafe(|| end_at_once(how)));
                }
            });
        }
    });
    let page = page();
    for outcome in ["ok", "error", "panic"] {
        assert!(page.value("ends_total", &[("outcome", outcome)]).is_some_and(|ends| ends > 1000.0), "{outcome}");
    }
    assert_eq!(age("end_active_oldest_seconds", &[]), 0.0);
    assert_eq!(overflow("end_active_oldest_seconds"), 0.0);
}

#[test]
fn a_million_calls_of_64_threads_leave_nothing() {
    const CALLS: u32 = 1_000_000;
    const THREADS: u32 = 64;
    metrics();
    let sum: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || (0..CALLS / THREADS).map(|at| u64::from(busy(at * THREADS + thread))).sum::<u64>())
            })
            .collect();
        // Pages are made meanwhile.
        for _ in 0..10 {
            assert!(age("busy_active_oldest_seconds", &[("even", "true")]) >= 0.0);
        }
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    });
    assert!(sum > u64::from(CALLS));
    for even in ["true", "false"] {
        assert_eq!(age("busy_active_oldest_seconds", &[("even", even)]), 0.0);
        assert_eq!(page().value("busy_active", &[("even", even)]), Some(0.0));
    }
    assert_eq!(overflow("busy_active_oldest_seconds"), 0.0);
}

#[test]
fn more_calls_than_places_are_counted_and_the_oldest_keep_theirs() {
    const AGE: &str = "wait_active_oldest_seconds";
    const PLACES: usize = 256;
    let _alone = alone();
    metrics();
    let before = overflow(AGE);
    let mut oldest = Box::pin(wait());
    assert!(!poll(oldest.as_mut()));
    let of_oldest = wait_for_age(AGE, &[], 0.01);
    let mut calls: Vec<_> = (0..PLACES + 9).map(|_| Box::pin(wait())).collect();
    for call in &mut calls {
        assert!(!poll(call.as_mut()));
    }
    assert_eq!(overflow(AGE), before + 10.0);
    assert_eq!(page().value("wait_active", &[]), Some(266.0), "the gauge itself counts all of them");
    assert!(age(AGE, &[]) >= of_oldest);
    drop(calls);
    assert!(age(AGE, &[]) >= of_oldest);
    drop(oldest);
    assert_eq!(age(AGE, &[]), 0.0);
    // All places are free again.
    let mut calls: Vec<_> = (0..PLACES).map(|_| Box::pin(wait())).collect();
    for call in &mut calls {
        assert!(!poll(call.as_mut()));
    }
    assert_eq!(overflow(AGE), before + 10.0);
    assert!(wait_for_age(AGE, &[], 0.0) > 0.0);
}

#[test]
fn each_value_of_a_capped_label_has_its_age() {
    const AGE: &str = "workflow_active_oldest_seconds";
    metrics();
    assert_eq!(page().series(AGE), []);
    let mut portrait = pin!(work(Workflow::new("portrait")));
    assert!(!poll(portrait.as_mut()));
    assert!(wait_for_age(AGE, &[("workflow", "portrait")], 0.0) > 0.0);
    let mut others = [Box::pin(work(Workflow::new("one too many"))), Box::pin(work(Workflow::new("and another")))];
    for call in &mut others {
        assert!(!poll(call.as_mut()));
    }
    assert!(wait_for_age(AGE, &[("workflow", "other")], 0.0) > 0.0);
    drop(others);
    assert_eq!(age(AGE, &[("workflow", "other")]), 0.0);
}

#[test]
fn functions_that_share_a_declared_gauge_share_the_age() {
    const AGE: &str = "shared_active_oldest_seconds";
    let draw = [("step", "draw"), ("urgent", "true")];
    metrics();
    assert_eq!(page().series(AGE).len(), 4);
    let mut older = Box::pin(first(Step::Draw));
    assert!(!poll(older.as_mut()));
    let of_older = wait_for_age(AGE, &draw, 0.0);
    let mut younger = Box::pin(second());
    assert!(!poll(younger.as_mut()));
    assert!(age(AGE, &draw) >= of_older);
    drop(older);
    assert!(wait_for_age(AGE, &draw, 0.0) > 0.0, "that of the other function");
    let mut upscale = Box::pin(first(Step::Upscale));
    assert!(!poll(upscale.as_mut()));
    assert!(wait_for_age(AGE, &[("step", "upscale"), ("urgent", "true")], 0.0) > 0.0);
    drop((younger, upscale));
    assert!(page().series(AGE).iter().all(|(_, age)| *age == 0.0));
    assert_eq!(metrics_runtime::catalog().metric(AGE).map(|metric| metric.sites().len()), Some(2));
}

#[test]
fn the_age_is_that_of_calls_in_our_recorder() {
    metrics();
    // It was in flight before there was a recorder, so the gauge does not count it either.
    assert_eq!(page().value("early_active", &[]), Some(0.0));
    assert_eq!(age("early_active_oldest_seconds", &[]), 0.0);
    let seen = testing::capture(|| {
        let mut call = pin!(early());
        assert!(!poll(call.as_mut()));
        assert_eq!(age("early_active_oldest_seconds", &[]), 0.0);
    });
    assert_eq!(seen.gauge("early_active", &[]), 0.0);
    // A capture of another test does not hide a call.
    let mut call = Box::pin(early());
    let _ = testing::capture(|| {
        let mut call = call.as_mut();
        thread::scope(|scope| {
            scope.spawn(move || assert!(!poll(call.as_mut())));
        });
        assert!(wait_for_age("early_active_oldest_seconds", &[], 0.0) > 0.0);
    });
    drop(call);
    assert_eq!(age("early_active_oldest_seconds", &[]), 0.0);
    drop(
        EARLY
            .get()
            .expect("it began before `init`")
            .lock()
            .map(|mut call| *call = Box::pin(poll_fn(|_| Poll::Ready(())))),
    );
    assert_eq!(age("early_active_oldest_seconds", &[]), 0.0);
}

#[test]
fn the_catalog_knows_the_pair_and_the_page_is_valid() {
    metrics();
    let catalog = metrics_runtime::catalog();
    let metric = |name| catalog.metric(name).expect("it is in the catalog");
    let (ages, calls) = (metric("hung_active_oldest_seconds"), metric("hung_active"));
    assert_eq!((ages.kind(), ages.unit(), ages.max_series()), (Kind::Gauge, Some("seconds"), 2));
    assert_eq!((ages.oldest_of(), ages.oldest()), (Some("hung_active"), None));
    assert_eq!((calls.oldest_of(), calls.oldest()), (None, Some("hung_active_oldest_seconds")));
    assert_eq!(ages.help(), "How long the oldest call of `hang` that has not ended has been running.");
    assert_eq!(ages.sites()[0].item(), "hang");
    assert_eq!(ages.labels()[0].values(), ["draw", "upscale"]);
    assert_eq!(metric("shared_active").oldest(), Some("shared_active_oldest_seconds"));
    assert_eq!(catalog.check().map_err(|conflict| conflict.to_string()), Ok(vec![]));

    // Nobody else can record it.
    let refused = || page().value("metrics_values_refused_total", &[]).expect("it is there from the start");
    let before = refused();
    metrics::gauge!("hung_active_oldest_seconds", "step" => "draw").set(1e9);
    assert_eq!(refused(), before + 1.0);
    assert!(age("hung_active_oldest_seconds", &[("step", "draw")]) < 1e9);

    assert_eq!(promtool_check_metrics(page().text()), Ok(()));
    let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
    let address = metrics().local_addr().expect("it listens");
    let (openmetrics, _) = Response::get_with_headers(&format!("http://{address}/metrics"), &accept).expect("a page");
    assert_eq!(strict_parse_openmetrics(&openmetrics.body), Ok(()), "{}", openmetrics.body);
    assert!(openmetrics.body.contains("# UNIT hung_active_oldest_seconds seconds\n"), "{}", openmetrics.body);
}
