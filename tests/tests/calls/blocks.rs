//! `measure!`: the attributes of functions on code that is none.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::ops::ControlFlow;

use metrics_runtime::{Event, Label, catalog, declare_metrics, measure, timed};

use super::support::{cancel, finish, metrics, panics, sure};

#[derive(Clone, Copy, Debug, PartialEq, Label)]
enum Step {
    Draw,
    Scale,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Fine,
    Bad,
    Slow,
    Panic,
    Wait,
}

async fn work(end: End) -> Result<String, io::Error> {
    if end == End::Wait {
        std::future::pending::<()>().await;
    }
    std::future::ready(()).await;
    match end {
        End::Fine => Ok("fine".to_owned()),
        End::Bad => Err(io::ErrorKind::NotFound.into()),
        End::Slow => Err(io::ErrorKind::TimedOut.into()),
        End::Panic | End::Wait => panic!("on purpose"),
    }
}

/// Checks a timed histogram and a counter of failures: calls that ended `ok`, `error`, `timeout`, `cancelled` and `panic`.
#[track_caller]
fn check(prefix: &str, counts: [f64; 5]) {
    for (outcome, count) in ["ok", "error", "timeout", "cancelled", "panic"].into_iter().zip(counts) {
        assert_eq!(sure(&format!("{prefix}_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        if outcome != "ok" {
            assert_eq!(sure(&format!("{prefix}_failures_total{{reason=\"{outcome}\"}}")), count, "{outcome}");
        }
    }
    assert_eq!(sure(&format!("{prefix}_active")), 0.0);
}

#[allow(clippy::manual_async_fn, reason = "a measured block is returned")]
fn future(end: End) -> impl Future<Output = Result<usize, io::Error>> {
    measure!(
        #[timed(histogram = "blocks_future_seconds", labels(outcome))]
        #[counted_failure(counter = "blocks_future_failures_total")]
        #[in_flight(gauge = "blocks_future_active")]
        #[observed(histogram = "blocks_future_bytes", value = |size| size.as_ref().ok().copied())]
        async move {
            let text = work(end).await?;
            if text.is_empty() {
                return Ok(0);
            }
            Ok::<_, io::Error>(text.len())
        }
    )
}

#[test]
fn a_future_is_measured_when_it_runs() {
    metrics();
    drop(future(End::Fine));
    assert_eq!(finish(future(End::Fine)).expect("it is fine"), 4);
    assert!(finish(future(End::Bad)).is_err());
    assert!(finish(future(End::Slow)).is_err());
    cancel(future(End::Wait));
    panics(|| finish(future(End::Panic)));
    check("blocks_future", [1.0; 5]);
    assert_eq!(sure("blocks_future_bytes_sum"), 4.0);
}

async fn in_place(end: End) -> Result<usize, io::Error> {
    let text = measure!(
        #[timed(histogram = "blocks_place_seconds", labels(outcome))]
        #[counted_failure(counter = "blocks_place_failures_total")]
        #[in_flight(gauge = "blocks_place_active")]
        work(end).await
    )?;
    Ok(text.len())
}

#[test]
fn code_in_its_place_may_wait() {
    metrics();
    assert_eq!(finish(in_place(End::Fine)).expect("it is fine"), 4);
    assert!(finish(in_place(End::Bad)).is_err());
    assert!(finish(in_place(End::Slow)).is_err());
    cancel(in_place(End::Wait));
    panics(|| finish(in_place(End::Panic)));
    check("blocks_place", [1.0; 5]);
}

#[test]
fn a_closure_is_measured_at_each_call() {
    metrics();
    let calls = Cell::new(0);
    let numbers = [1_u8, 2, 3];
    let run = measure!(
        #[timed(histogram = "blocks_closure_seconds", labels(outcome))]
        #[counted_failure(counter = "blocks_closure_failures_total", labels(step))]
        #[in_flight(gauge = "blocks_closure_active", labels(many: bool = numbers.len() > 2))]
        |step: Step, end| {
            calls.set(calls.get() + 1);
            if end == End::Fine {
                return Ok(step);
            }
            let _: u8 = "x".parse().map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
            Ok::<_, io::Error>(step)
        }
    );
    assert_eq!(run(Step::Draw, End::Fine).expect("it is fine"), Step::Draw);
    assert!(run(Step::Scale, End::Bad).is_err());
    assert_eq!((calls.get(), numbers.len()), (2, 3));
    assert_eq!(sure("blocks_closure_seconds_count{outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("blocks_closure_failures_total{step=\"scale\",reason=\"timeout\"}"), 1.0);
    assert_eq!(sure("blocks_closure_failures_total{step=\"draw\",reason=\"timeout\"}"), 0.0);
    assert_eq!(sure("blocks_closure_active{many=\"true\"}"), 0.0);
}

#[test]
fn a_closure_that_a_macro_takes_is_measured_at_each_call() {
    macro_rules! counted {
        ($code:expr) => {
            measure!(
                #[counted(counter = "blocks_expr_total", on = ok)]
                $code
            )
        };
    }
    metrics();
    let double = counted!(|number: u32| number * 2);
    assert_eq!(sure("blocks_expr_total"), 0.0);
    assert_eq!([double(1), double(2)], [2, 4]);
    assert_eq!(finish(counted!(async { 5 })), 5);
    assert_eq!(sure("blocks_expr_total"), 3.0);
}

#[test]
fn a_closure_that_never_returns_panics() {
    metrics();
    let fail = measure!(
        #[timed(histogram = "blocks_never_seconds", labels(outcome))]
        |text: &str| -> ! { panic!("{text}") }
    );
    panics(|| fail("on purpose"));
    assert_eq!(sure("blocks_never_seconds_count{outcome=\"panic\"}"), 1.0);
    assert_eq!(sure("blocks_never_seconds_count{outcome=\"ok\"}"), 0.0);
}

#[test]
fn a_worker_that_never_ends_is_cancelled_or_panics() {
    metrics();
    let worker = |end| {
        measure!(
            #[timed(histogram = "blocks_worker_seconds", labels(outcome))]
            #[in_flight(gauge = "blocks_worker_active")]
            async move {
                let mut jobs = 0;
                loop {
                    if work(end).await.is_ok() {
                        jobs += 1;
                    }
                    assert!(jobs < 3);
                }
            }
        )
    };
    cancel(worker(End::Wait));
    panics(|| finish(worker(End::Fine)));
    assert_eq!(sure("blocks_worker_seconds_count{outcome=\"cancelled\"}"), 1.0);
    assert_eq!(sure("blocks_worker_seconds_count{outcome=\"panic\"}"), 1.0);
    assert_eq!(sure("blocks_worker_seconds_count{outcome=\"ok\"}"), 0.0);
    assert_eq!(sure("blocks_worker_active"), 0.0);
}

async fn again(run: impl AsyncFn() -> Result<u32, io::Error>) -> Result<u32, io::Error> {
    run().await?;
    run().await
}

#[timed(histogram = "blocks_around_seconds", labels(outcome))]
async fn around() -> Result<u32, io::Error> {
    // The statement is written once, so what is measured in it stands once in the catalog.
    again(async || {
        measure!(
            #[counted(counter = "blocks_inside_total", on = ok)]
            async {
                Ok::<_, io::Error>(1)
            }
        )
        .await
    })
    .await?;
    Ok(3)
}

#[test]
fn a_block_in_a_measured_function_is_one_site() {
    metrics();
    assert_eq!(finish(around()).expect("it is fine"), 3);
    assert_eq!(sure("blocks_inside_total"), 2.0);
    assert_eq!(sure("blocks_around_seconds_count{outcome=\"ok\"}"), 1.0);
    let catalog = catalog();
    let metric = catalog.metric("blocks_inside_total").expect("it is recorded");
    assert_eq!(metric.sites().len(), 1, "{metric:?}");
}

#[test]
fn closures_take_and_change_what_they_use() {
    metrics();
    let mut sum = 0;
    let mut add = measure!(
        #[counted(counter = "blocks_added_total", on = ok)]
        |number: u32| sum += number
    );
    add(2);
    add(3);
    assert_eq!(sum, 5);
    let text = String::from("text");
    let take = measure!(
        #[timed(histogram = "blocks_taken_seconds", labels(outcome))]
        move || -> String { text }
    );
    assert_eq!(take(), "text");
    let guard = measure!(
        #[timed(histogram = "blocks_guarded_seconds")]
        |number: u32| {
            if number > 1 {
                return 1;
            }
            number
        }
    );
    assert_eq!([guard(0), guard(9)], [0, 1]);
    assert_eq!(sure("blocks_added_total"), 2.0);
    assert_eq!(sure("blocks_taken_seconds_count{outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("blocks_guarded_seconds_count"), 2.0);
}

#[test]
fn a_block_has_the_type_and_the_variables_around_it() {
    metrics();
    let (step, mut words) = (Step::Scale, Vec::new());
    let number: u16 = measure!(
        #[measured(labels(step: Step = step))]
        #[timed(histogram = "blocks_parse_seconds", labels(outcome))]
        #[counted(counter = "blocks_parsed_total")]
        {
            words.push("12");
            words[0].parse().unwrap_or_default()
        }
    );
    let plain: u16 = measure!(
        #[counted(counter = "blocks_plain_total")]
        "7".parse().unwrap_or_default()
    );
    assert_eq!((number, plain, words.len()), (12, 7, 1));
    assert_eq!(sure("blocks_parse_seconds_count{step=\"scale\",outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("blocks_parsed_total{step=\"scale\"}"), 1.0);
    assert_eq!(sure("blocks_plain_total"), 1.0);
    panics(|| {
        measure!(
            #[counted_failure(counter = "blocks_panics_total")]
            assert_eq!(number, 1, "on purpose")
        );
    });
    assert_eq!(sure("blocks_panics_total{reason=\"panic\"}"), 1.0);
}

#[test]
fn loops_inside_are_left_as_always() {
    metrics();
    let found = measure!(
        #[timed(histogram = "blocks_loop_seconds", labels(outcome))]
        'outer: {
            for number in 0.. {
                if number % 2 == 1 {
                    continue;
                }
                if number > 4 {
                    break 'outer ControlFlow::Break(number);
                }
            }
            ControlFlow::Continue(())
        }
    );
    assert_eq!(found, ControlFlow::Break(6));
    assert_eq!(sure("blocks_loop_seconds_count{outcome=\"ok\"}"), 1.0);
}

/// A macro that hides a `return`.
macro_rules! leave {
    ($value:expr) => {
        return $value
    };
}

fn hidden(leaves: bool) -> u32 {
    let value = measure!(
        #[timed(histogram = "blocks_hidden_seconds", labels(outcome))]
        {
            if leaves {
                leave!(1);
            }
            2
        }
    );
    value + 1
}

#[test]
fn a_hidden_return_leaves_and_counts_as_cancelled() {
    metrics();
    assert_eq!([hidden(false), hidden(true)], [3, 1]);
    assert_eq!(sure("blocks_hidden_seconds_count{outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("blocks_hidden_seconds_count{outcome=\"cancelled\"}"), 1.0);
}

declare_metrics! {
    /// Declared.
    histogram DECODE = "blocks_decode_seconds", labels(step: Step);
}

#[test]
fn a_declared_metric_is_named_by_its_path() {
    metrics();
    let size = measure!(
        /// Reads the size. It is short.
        #[timed(histogram = "blocks_documented_seconds")]
        #[counted_failure(counter = "blocks_documented_failures_total")]
        #[timed(histogram = DECODE, labels(step = Step::Draw))]
        b"abc".len()
    );
    let catalog = catalog();
    let documented = catalog.metric("blocks_documented_seconds").expect("it is recorded");
    assert_eq!(documented.help(), "Reads the size.");
    assert_eq!(size, 3);
    assert_eq!(sure("blocks_decode_seconds_count{step=\"draw\"}"), 1.0);
}

#[test]
fn the_catalog_has_the_place_and_a_help_text() {
    let catalog = catalog();
    let metric = catalog.metric("blocks_place_seconds").expect("it is recorded");
    assert_eq!(metric.help(), "Time spent in a block of code.");
    let [site] = metric.sites() else { panic!("it has one site: {metric:?}") };
    assert_eq!(site.item(), "blocks_place_seconds");
    assert!(site.records(Event::Duration) && site.file().ends_with("blocks.rs"), "{site}");
}

struct Worker {
    done: u32,
}

impl Worker {
    async fn run(&mut self) -> Result<u32, io::Error> {
        let name = String::from("name");
        // It borrows what is around it.
        measure!(
            #[counted(counter = "blocks_borrowed_total", on = ok, labels(long: bool = name.len() > 3))]
            async {
                self.done += 1;
                work(End::Fine).await?;
                self.done += u32::try_from(name.len()).unwrap_or_default();
                Ok::<_, io::Error>(())
            }
        )
        .await?;
        Ok(self.done)
    }
}

#[test]
fn a_future_can_borrow() {
    metrics();
    assert_eq!(finish(Worker { done: 1 }.run()).expect("it is fine"), 6);
    assert_eq!(sure("blocks_borrowed_total{long=\"true\"}"), 1.0);
}

#[test]
fn a_measured_future_can_be_sent() {
    fn needs_send<T: Send>(value: T) -> T {
        value
    }
    metrics();
    let sent = measure!(
        #[timed(histogram = "blocks_sent_seconds", labels(outcome))]
        async {
            work(End::Fine).await
        }
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    assert_eq!(runtime.block_on(runtime.spawn(needs_send(sent))).expect("it ends").expect("it is fine"), "fine");
    assert_eq!(sure("blocks_sent_seconds_count{outcome=\"ok\"}"), 1.0);
}
