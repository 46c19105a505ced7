//! 100,000 calls on a runtime with several threads, which end in all ways: at every moment
//! `started = ok + error + timeout + cancelled + panic + in flight`.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll};

use metrics_runtime::{Handle, Outcome, counted, counted_failure, in_flight, timed};
use system_tests::Page;
use tokio::task::JoinSet;

const SEED: u64 = 20_261_124;
const CALLS: usize = 100_000;
/// After this number of calls all tasks pause, and the sums must be exact.
const ROUND: usize = 2_000;
const THREADS: usize = 4;

/// How a call must end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Outcome(Outcome),
    /// It calls itself, and ends as that call does.
    Nested(Outcome),
    /// It waits until the next round, and is dropped then.
    Held,
    /// Its future is made, and dropped before it is polled.
    NeverPolled,
}

#[timed(histogram = "concurrent_calls_seconds", labels(outcome))]
#[counted(counter = "concurrent_calls_started_total")]
#[counted(counter = "concurrent_calls_ended_total", on = end, labels(outcome))]
#[counted_failure(counter = "concurrent_calls_failures_total")]
#[in_flight(gauge = "concurrent_calls_in_flight")]
async fn call(fate: Fate, waits: usize) -> Result<usize, std::io::Error> {
    for _ in 0..waits {
        tokio::task::yield_now().await;
    }
    match fate {
        Fate::Outcome(Outcome::Ok) => Ok(waits),
        Fate::Outcome(Outcome::Error) => Err(std::io::ErrorKind::NotFound.into()),
        Fate::Outcome(Outcome::Timeout) => Err(std::io::ErrorKind::TimedOut.into()),
        Fate::Outcome(Outcome::Panic) => std::panic::resume_unwind(Box::new("on purpose")),
        Fate::Nested(outcome) => Box::pin(call(Fate::Outcome(outcome), waits)).await,
        Fate::Outcome(_) | Fate::Held | Fate::NeverPolled => std::future::pending().await,
    }
}

/// The fate of a call, which depends on its number alone.
fn fate(number: usize) -> (Fate, usize) {
    let mut random = fastrand::Rng::with_seed(SEED ^ number as u64);
    let outcome = Outcome::ALL[random.usize(..Outcome::ALL.len())];
    let fate = match random.u32(..10) {
        0 | 1 => Fate::Nested(outcome),
        2 => Fate::Held,
        3 => Fate::NeverPolled,
        _ => Fate::Outcome(outcome),
    };
    (fate, random.usize(..4))
}

/// What the counts of all calls so far must be.
#[derive(Clone, Copy, Default)]
struct Expected {
    started: u32,
    ended: [u32; Outcome::ALL.len()],
    in_flight: u32,
}

impl Expected {
    fn add(&mut self, fate: Fate) {
        let (calls, outcome) = match fate {
            Fate::Outcome(outcome) => (1, outcome),
            Fate::Nested(outcome) => (2, outcome),
            Fate::Held => {
                self.started += 1;
                self.in_flight += 1;
                return;
            }
            Fate::NeverPolled => return,
        };
        self.started += calls;
        self.ended[outcome as usize] += calls;
    }

    fn release_held(&mut self) {
        self.ended[Outcome::Cancelled as usize] += self.in_flight;
        self.in_flight = 0;
    }
}

/// Runs a call to its end, or until nothing wakes it any more; returns the future of one that is held.
async fn run(fate: Fate, waits: usize) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
    let mut future = Box::pin(call(fate, waits));
    let outcome = match fate {
        Fate::NeverPolled => return None,
        Fate::Held => Outcome::Cancelled,
        Fate::Outcome(outcome) | Fate::Nested(outcome) => outcome,
    };
    if outcome == Outcome::Cancelled {
        // Once for each time that it yields, and once more: then it has reached `pending`.
        let mut polls = 0;
        std::future::poll_fn(|context| {
            polls += 1;
            assert!(future.as_mut().poll(context).is_pending(), "the call must wait");
            if polls > waits {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        return (fate == Fate::Held).then(|| Box::pin(async move { drop(future.await) }) as Pin<Box<_>>);
    }
    let result = CatchUnwind(AssertUnwindSafe(future)).await;
    assert_eq!(result, outcome);
    None
}

/// How a call's future ended, as its caller sees it.
struct CatchUnwind<F>(AssertUnwindSafe<Pin<Box<F>>>);

impl<F: Future<Output = Result<usize, std::io::Error>>> Future for CatchUnwind<F> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let future = &mut self.0.0;
        match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Err(_) => Poll::Ready(Outcome::Panic),
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(_))) => Poll::Ready(Outcome::Ok),
            Ok(Poll::Ready(Err(error))) if error.kind() == std::io::ErrorKind::TimedOut => {
                Poll::Ready(Outcome::Timeout)
            }
            Ok(Poll::Ready(Err(_))) => Poll::Ready(Outcome::Error),
        }
    }
}

fn number(page: &Page, name: &str, label: Option<(&str, &str)>) -> u32 {
    let labels: Vec<_> = label.into_iter().collect();
    let value = page.value(name, &labels).unwrap_or_else(|| panic!("{name} {labels:?} is not on the page"));
    assert!(value >= 0.0 && value.fract() == 0.0, "{name} is {value}");
    value.to_string().parse().expect("it is a whole number")
}

#[track_caller]
fn check(page: &Page, expected: Expected) {
    assert_eq!(number(page, "concurrent_calls_started_total", None), expected.started);
    assert_eq!(number(page, "concurrent_calls_in_flight", None), expected.in_flight);
    for (outcome, ended) in Outcome::ALL.into_iter().zip(expected.ended) {
        let label = Some(("outcome", outcome.as_str()));
        assert_eq!(number(page, "concurrent_calls_ended_total", label), ended, "{outcome}");
        assert_eq!(number(page, "concurrent_calls_seconds_count", label), ended, "{outcome}");
        if outcome.is_failure() {
            assert_eq!(
                number(page, "concurrent_calls_failures_total", Some(("reason", outcome.as_str()))),
                ended,
                "{outcome}"
            );
        }
    }
    assert_eq!(expected.started, expected.ended.iter().sum::<u32>() + expected.in_flight, "the test's own sums");
}

fn ended(page: &Page) -> u32 {
    Outcome::ALL
        .iter()
        .map(|outcome| number(page, "concurrent_calls_ended_total", Some(("outcome", outcome.as_str()))))
        .sum()
}

/// Reads the page while calls start and end, and compares each page with the one before it: within one page the numbers
/// are read one after the other. A call that has ended by the first has started by the second.
fn watch(handle: &Handle, begun: &Barrier, done: &AtomicBool) {
    let mut before = Page::from(handle.render());
    begun.wait();
    let mut is_last = false;
    while !is_last {
        is_last = done.load(Ordering::Relaxed);
        let after = Page::from(handle.render());
        let (ended_before, started_after) = (ended(&before), number(&after, "concurrent_calls_started_total", None));
        assert!(ended_before <= started_after, "{ended_before} calls have ended, and {started_after} have started");
        assert!(ended(&before) <= ended(&after), "a counter has decreased");
        before = after;
    }
}

#[test]
fn every_call_is_counted_once_at_every_moment() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).build().expect("a runtime can be made");
    let (begun, done) = (Barrier::new(2), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&handle, &begun, &done));
        begun.wait();
        let rounds = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(all_rounds(&handle))));
        // The watcher must end, also after a panic.
        done.store(true, Ordering::Relaxed);
        rounds.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        watching.join().expect("the watcher has seen nothing wrong");
    });
}

async fn all_rounds(handle: &Handle) {
    let mut expected = Expected::default();
    let mut held: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
    for first in (0..CALLS).step_by(ROUND) {
        let (gate, kept) = (Arc::new(tokio::sync::Barrier::new(THREADS * 4)), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = JoinSet::new();
        for task in 0..THREADS * 4 {
            let (gate, kept) = (Arc::clone(&gate), Arc::clone(&kept));
            tasks.spawn(async move {
                gate.wait().await;
                for number in (first..first + ROUND).skip(task).step_by(THREADS * 4) {
                    let (fate, waits) = fate(number);
                    let waiting = run(fate, waits).await;
                    kept.lock().expect("no task has panicked").extend(waiting);
                }
            });
        }
        tasks.join_all().await;
        (first..first + ROUND).for_each(|number| expected.add(fate(number).0));
        // The calls that the round before has held are dropped, and those of this round are held.
        expected.in_flight -= u32::try_from(held.len()).expect("it is a small number");
        expected.ended[Outcome::Cancelled as usize] += u32::try_from(held.len()).expect("it is a small number");
        held = std::mem::take(&mut *kept.lock().expect("no task has panicked"));
        check(&Page::from(handle.render()), expected);
    }
    drop(held);
    expected.release_held();
    let page = Page::from(handle.render());
    check(&page, expected);
    let by_outcome: BTreeMap<_, _> = Outcome::ALL.iter().map(|o| (o.as_str(), expected.ended[*o as usize])).collect();
    assert!(by_outcome.values().all(|calls| *calls > 10_000), "each ending has its share: {by_outcome:?}");
    assert!(number(&page, "concurrent_calls_started_total", None) > 90_000);
}
