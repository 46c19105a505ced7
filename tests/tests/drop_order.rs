//! An annotated function drops its parameters, locals and temporaries in the order of the plain function.
//!
//! Each function is written once and compiled twice: without an attribute, and with each set of attributes.

#![allow(unused_assignments, unused_variables, reason = "what is not used is dropped too")]

use std::cell::RefCell;

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Says when it is dropped.
struct Noisy(&'static str);

impl Noisy {
    fn touch(&self) -> Result<u32, String> {
        u32::try_from(self.0.len()).map_err(|error| error.to_string())
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

struct Pair {
    left: Noisy,
    right: Noisy,
}

/// What was dropped while this ran.
fn dropped(run: impl FnOnce()) -> Vec<&'static str> {
    DROPPED.with_borrow_mut(Vec::clear);
    run();
    DROPPED.with_borrow(Clone::clone)
}

/// The functions, in a module for each set of attributes.
macro_rules! functions {
    ($module:ident: $($attribute:meta),*) => {
        mod $module {
            use super::{Noisy, Pair};

            $(#[$attribute])*
            fn all_used(a: Noisy, b: Noisy, c: Noisy) -> Result<u32, String> {
                let local = Noisy("local");
                c.touch()?;
                a.touch()?;
                b.touch()
            }

            $(#[$attribute])*
            fn some_unused(a: Noisy, _b: Noisy, c: Noisy, _: Noisy, e: Noisy) -> Result<u32, String> {
                let local = Noisy("local");
                c.touch()
            }

            $(#[$attribute])*
            fn unused_between(a: Noisy, b: Noisy, c: Noisy) -> Result<u32, String> {
                c.touch()?;
                a.touch()
            }

            $(#[$attribute])*
            fn patterns((x, _): (Noisy, Noisy), Pair { left, right }: Pair, (_, z): (Noisy, Noisy), d: Noisy) -> Result<u32, String> {
                left.touch()?;
                z.touch()?;
                d.touch()?;
                x.touch()
            }

            $(#[$attribute])*
            fn fields(pair: Pair, other: Pair) -> Result<u32, String> {
                let taken = pair.right;
                other.right.touch()?;
                taken.touch()
            }

            $(#[$attribute])*
            fn moved(a: Noisy, mut b: Noisy, c: Noisy) -> Result<u32, String> {
                drop(a);
                b = Noisy("b again");
                let _ = c;
                let _moved = c;
                Err(String::new())
            }

            $(#[$attribute])*
            fn temporaries(a: Noisy, b: Noisy) -> Result<u32, String> {
                let local = Noisy("local");
                let _ = b.touch();
                let _ = (&a, Noisy("statement")).1.touch();
                Noisy("tail").touch()
            }

            $(#[$attribute])*
            fn formatted(a: Noisy, count: u32, b: Noisy, text: String) -> Result<u32, String> {
                let text = format!("{text} {count}");
                b.touch()?;
                Err(text)
            }

            $(#[$attribute])*
            fn generic<T>(a: T, b: impl Sized, c: Noisy) -> Result<u32, String> {
                let _ = (&b, &a);
                c.touch()
            }

            $(#[$attribute])*
            fn no_result(a: Noisy, _b: Noisy, c: Noisy) {
                let _ = (&a, &c);
            }

            $(#[$attribute])*
            fn early(a: Noisy, b: Noisy, leave: bool) -> Result<u32, String> {
                let local = Noisy("local");
                if leave {
                    return b.touch();
                }
                let later = Noisy("later");
                a.touch()
            }

            $(#[$attribute])*
            async fn later(a: Noisy, _b: Noisy, c: Noisy, _: Noisy, e: Noisy) -> Result<u32, String> {
                let local = Noisy("local");
                e.touch()?;
                std::future::ready(()).await;
                c.touch()?;
                a.touch()
            }

            $(#[$attribute])*
            async fn later_by_pattern((x, _): (Noisy, Noisy), Pair { left, right }: Pair, unused: Noisy, d: Noisy) -> Result<u32, String> {
                left.touch()?;
                d.touch()?;
                std::future::ready(()).await;
                x.touch()
            }

            $(#[$attribute])*
            async fn waiting(a: Noisy, _b: Noisy, pair: Pair, unused: Noisy, c: Noisy) -> Result<u32, String> {
                let local = Noisy("local");
                pair.right.touch()?;
                c.touch()?;
                std::future::pending::<()>().await;
                a.touch()
            }

            $(#[$attribute])*
            #[track_caller]
            fn tracked((x, _): (Noisy, Noisy), _b: Noisy, c: Noisy, _: Noisy) -> Result<u32, String> {
                c.touch()?;
                x.touch()
            }

            impl super::Owner {
                $(#[$attribute])*
                fn $module(self, a: Noisy, _b: Noisy) -> Result<u32, String> {
                    self.right.touch()?;
                    a.touch()
                }
            }

            pub(crate) fn run() -> Vec<(&'static str, Vec<&'static str>)> {
                use super::{block_on, dropped, poll_once};
                let pair = || Pair { left: Noisy("left"), right: Noisy("right") };
                let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|name| move || Noisy(name));
                vec![
                    ("all used", dropped(|| drop(all_used(a(), b(), c())))),
                    ("some unused", dropped(|| drop(some_unused(a(), b(), c(), d(), e())))),
                    ("unused between", dropped(|| drop(unused_between(a(), b(), c())))),
                    ("patterns", dropped(|| drop(patterns((a(), b()), pair(), (c(), d()), e())))),
                    ("fields", dropped(|| drop(fields(pair(), Pair { left: a(), right: b() })))),
                    ("moved", dropped(|| drop(moved(a(), b(), c())))),
                    ("temporaries", dropped(|| drop(temporaries(a(), b())))),
                    ("formatted", dropped(|| drop(formatted(a(), 1, b(), String::new())))),
                    ("generic", dropped(|| drop(generic(a(), b(), c())))),
                    ("no result", dropped(|| no_result(a(), b(), c()))),
                    ("early", dropped(|| drop(early(a(), b(), true)))),
                    ("not early", dropped(|| drop(early(a(), b(), false)))),
                    ("later", dropped(|| drop(block_on(later(a(), b(), c(), d(), e()))))),
                    ("later by pattern", dropped(|| drop(block_on(later_by_pattern((a(), b()), pair(), c(), d()))))),
                    ("never polled", dropped(|| drop(later(a(), b(), c(), d(), e())))),
                    ("cancelled", dropped(|| poll_once(waiting(a(), b(), pair(), c(), d())))),
                    ("tracked", dropped(|| drop(tracked((a(), b()), c(), d(), e())))),
                    ("self", dropped(|| drop(super::Owner { left: a(), right: b(), both: pair() }.$module(c(), d())))),
                ]
            }
        }
    };
}

#[allow(dead_code, reason = "its fields are dropped")]
struct Owner {
    left: Noisy,
    right: Noisy,
    both: Pair,
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    runtime.block_on(future)
}

fn poll_once(future: impl Future) {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending(), "the future must wait");
}

functions!(plain:);
functions!(timed: metrics_runtime::timed(histogram = "order_timed_seconds"));
functions!(timed_by_outcome: metrics_runtime::timed(histogram = "order_by_outcome_seconds", labels(outcome)));
functions!(counted: metrics_runtime::counted(counter = "order_total", on = ok));
functions!(counted_failure: metrics_runtime::counted_failure(counter = "order_failures_total"));
functions!(in_flight: metrics_runtime::in_flight(gauge = "order_active"));
functions!(
    all: metrics_runtime::timed(histogram = "order_all_seconds", labels(outcome)),
    metrics_runtime::counted_failure(counter = "order_all_failures_total"),
    metrics_runtime::in_flight(gauge = "order_all_active")
);

#[test]
fn an_annotated_function_drops_in_the_order_of_the_plain_function() {
    let plain = plain::run();
    let runs = [
        ("timed", timed::run()),
        ("timed by outcome", timed_by_outcome::run()),
        ("counted", counted::run()),
        ("counted_failure", counted_failure::run()),
        ("in_flight", in_flight::run()),
        ("all", all::run()),
    ];
    let mut differences = Vec::new();
    for (set, run) in runs {
        for ((function, expected), (_, seen)) in plain.iter().zip(run) {
            if *expected != seen {
                differences.push(format!("{set}: {function}: {seen:?}, not {expected:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
