//! Compiles functions in both orders, drives them, and looks at what was recorded.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, Once, PoisonError};

use metrics_runtime::testing::{Capture, Snapshot};
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

pub type Answer = Result<u32, Error>;

/// Writes functions in both orders, and with two sets of attributes. `probe` is the parameter with the [`Probe`]. In `around` stands
/// what a method needs around it.
macro_rules! both_orders {
    ($probe:ident, [$($instrument:tt)*] $(around [$($around:tt)*])? { $($function:tt)* }) => {
        both_orders! {
            @modules
            [$($instrument)*]
            [#[metrics_runtime::timed(histogram = "bare_seconds", labels(own: bool = $probe.starts()))]]
            [
                #[metrics_runtime::timed(histogram = "draw_seconds", labels(own: bool = $probe.starts(), outcome))]
                #[metrics_runtime::counted(counter = "draws_total", labels(own: bool = $probe.starts()))]
                #[metrics_runtime::counted_failure(counter = "draw_failures_total")]
                #[metrics_runtime::in_flight(gauge = "drawing")]
            ]
            [$([$($around)*])?]
            { $($function)* }
        }
    };
    (@modules $instrument:tt $bare:tt $all:tt $around:tt $function:tt) => {
        mod above_bare { use super::*; both_orders!(@one $instrument $bare $around $function); }
        mod below_bare { use super::*; both_orders!(@one $bare $instrument $around $function); }
        mod above_all { use super::*; both_orders!(@one $instrument $all $around $function); }
        mod below_all { use super::*; both_orders!(@one $all $instrument $around $function); }
    };
    (@one [$($first:tt)*] [$($second:tt)*] [] { $($function:tt)* }) => {
        $($first)* $($second)* $($function)*
    };
    (@one [$($first:tt)*] [$($second:tt)*] [[$($around:tt)*]] { $($function:tt)* }) => {
        $($around)* { $($first)* $($second)* $($function)* }
    };
}

/// A test for each of the four modules that [`both_orders`] writes. The first argument says how to drive the function `draw`.
macro_rules! check_orders {
    ($check:ident($($own:expr)?), |$probe:ident, $end:ident| $call:expr) => {
        mod test_above_bare { use super::above_bare::*; use super::*; check_orders!(@test $check, Set::Bare, [$($own)?], $probe, $end, $call); }
        mod test_below_bare { use super::below_bare::*; use super::*; check_orders!(@test $check, Set::Bare, [$($own)?], $probe, $end, $call); }
        mod test_above_all { use super::above_all::*; use super::*; check_orders!(@test $check, Set::All, [$($own)?], $probe, $end, $call); }
        mod test_below_all { use super::below_all::*; use super::*; check_orders!(@test $check, Set::All, [$($own)?], $probe, $end, $call); }
    };
    (@test $check:ident, $set:expr, [$($own:expr)?], $probe:ident, $end:ident, $call:expr) => {
        #[test]
        fn starts_in_its_own_span_and_ends_once() {
            $check($set, true $(&& $own)?, |$probe: Probe, $end: End| $call);
        }
    };
}

/// How a call must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Ok,
    Error,
    Timeout,
    Panic,
    /// It waits until it is dropped.
    Wait,
}

impl End {
    pub fn act(self) -> Answer {
        match self {
            Self::Ok => Ok(1),
            Self::Error => Err(ErrorKind::NotFound.into()),
            Self::Timeout => Err(ErrorKind::TimedOut.into()),
            Self::Panic | Self::Wait => std::panic::resume_unwind(Box::new("on purpose")),
        }
    }

    pub async fn act_later(self) -> Answer {
        tokio::task::yield_now().await;
        if self == Self::Wait {
            std::future::pending::<()>().await;
        }
        self.act()
    }
}

/// Remembers the span in which its call starts.
#[derive(Clone, Debug, Default)]
pub struct Probe(Arc<Mutex<Option<tracing::Id>>>);

impl Probe {
    /// Is evaluated when the call starts: whether that is in a span of the function.
    pub fn starts(&self) -> bool {
        let span = Span::current();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = span.id();
        span.metadata().is_some_and(|metadata| metadata.name() == "draw")
    }

    /// Stands in the body of the function: the call has started in the very span in which the body runs.
    pub fn check(&self) {
        let started = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(started, Span::current().id());
    }
}

/// The attributes of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Without the outcome.
    Bare,
    /// All four.
    All,
}

/// How many calls ended in each way.
#[derive(Debug, Default)]
pub struct Expected {
    pub ok: usize,
    pub error: usize,
    pub timeout: usize,
    pub panic: usize,
    pub cancelled: usize,
}

impl Expected {
    fn check(&self, set: Set, own: bool, seen: &Snapshot) {
        let (own, other) = if own { ("true", "false") } else { ("false", "true") };
        let outcomes = [
            ("ok", self.ok),
            ("error", self.error),
            ("timeout", self.timeout),
            ("panic", self.panic),
            ("cancelled", self.cancelled),
        ];
        let all: usize = outcomes.iter().map(|(_, calls)| calls).sum();
        if set == Set::Bare {
            assert_eq!(seen.observations("bare_seconds", &[("own", own)]).len(), all);
            assert_eq!(seen.observations("bare_seconds", &[("own", other)]).len(), 0);
            return;
        }
        for (outcome, calls) in outcomes {
            let ended = |own| seen.observations("draw_seconds", &[("own", own), ("outcome", outcome)]).len();
            assert_eq!((outcome, ended(own), ended(other)), (outcome, calls, 0));
            if outcome != "ok" {
                let failures = seen.counter("draw_failures_total", &[("reason", outcome)]);
                assert_eq!((outcome, failures), (outcome, calls as u64));
            }
        }
        assert_eq!(seen.counter("draws_total", &[("own", own)]), all as u64);
        assert_eq!(seen.counter("draws_total", &[("own", other)]), 0);
        assert!(seen.gauge("drawing", &[]).abs() < f64::EPSILON);
    }
}

/// Spans are made in the whole program, down to the level `info`.
pub fn subscribe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(LevelFilter::INFO);
        tracing::subscriber::set_global_default(subscriber).expect("no other subscriber is set");
    });
}

/// Makes a call with each ending that a function without waits can have.
pub fn check_plain(set: Set, own: bool, call: impl Fn(Probe, End) -> Answer) {
    subscribe();
    let outer = tracing::info_span!("outer");
    let seen = metrics_runtime::testing::capture(|| {
        outer.in_scope(|| {
            for end in [End::Ok, End::Ok, End::Error, End::Timeout] {
                assert_eq!(call(Probe::default(), end).is_ok(), end == End::Ok);
            }
            for _ in 0..2 {
                let panics = std::panic::AssertUnwindSafe(|| call(Probe::default(), End::Panic));
                assert!(std::panic::catch_unwind(panics).is_err());
            }
            assert_eq!(Span::current().id(), outer.id());
        });
    });
    Expected { ok: 2, error: 1, timeout: 1, panic: 2, cancelled: 0 }.check(set, own, &seen);
}

/// Makes a call with each ending, in tasks of their own, in `select!`, and in the test's task.
pub fn check_async<F>(set: Set, own: bool, call: impl Fn(Probe, End) -> F)
where
    F: Future<Output = Answer> + Send + 'static,
{
    subscribe();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime can be made");
    let outer = tracing::info_span!("outer");
    let capture = Capture::new();
    let spawn = |end| tokio::spawn(capture.wrap(call(Probe::default(), end)));
    runtime.block_on(capture.wrap(async {
        let entered = outer.enter();
        drop(call(Probe::default(), End::Ok));
        let (first, second) = (call(Probe::default(), End::Ok), call(Probe::default(), End::Error));
        drop(entered);
        // Two calls at the same time, each in its own span.
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok() && second.is_err());
        assert!(spawn(End::Timeout).await.expect("the task does not panic").is_err());
        assert!(spawn(End::Panic).await.is_err());
        tokio::select! {
            biased;
            _ = call(Probe::default(), End::Wait) => panic!("it waits"),
            answer = call(Probe::default(), End::Ok) => assert!(answer.is_ok()),
        }
        let waiting = spawn(End::Wait);
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
        // This one is aborted before it is polled, which is no call.
        let waiting = spawn(End::Wait);
        waiting.abort();
        assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
    }));
    let expected = Expected { ok: 2, error: 1, timeout: 1, panic: 1, cancelled: 2 };
    expected.check(set, own, &capture.snapshot());
}
