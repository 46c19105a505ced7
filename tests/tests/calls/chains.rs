//! Chains of sources: what holds a link, how far a chain is followed, and that it always ends.

use std::error::Error;
use std::fmt;
use std::io;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use metrics_runtime::{Failure, Reason};

use super::counted_as::counted_as;

fn slow() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

/// Wraps another error, as application errors do.
#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped<E: Error + 'static>(#[source] E);

#[derive(Debug, thiserror::Error, Failure)]
#[error("no answer")]
#[failure(timeout)]
struct NoAnswer;

#[derive(Debug, thiserror::Error, Failure)]
#[error("given up")]
#[failure(error)]
struct GivenUp(#[source] io::Error);

#[test]
fn a_link_in_a_pointer_is_found() {
    counted_as!("chain_box_failures_total", Wrapped<Box<io::Error>>: Wrapped(Box::new(slow())) => Timeout);
    counted_as!("chain_arc_failures_total", Wrapped<Arc<io::Error>>: Wrapped(Arc::new(slow())) => Timeout);
    counted_as!(
        "chain_arc_dyn_failures_total",
        Wrapped<Arc<dyn Error + Send + Sync>>: Wrapped(Arc::new(slow())) => Timeout
    );
    counted_as!(
        "chain_reference_failures_total",
        Wrapped<&'static io::Error>: Wrapped(Box::leak(Box::new(slow()))) => Timeout
    );
    counted_as!("chain_box_derived_failures_total", Wrapped<Box<NoAnswer>>: Wrapped(Box::new(NoAnswer)) => Timeout);
}

#[test]
fn a_derived_failure_in_a_chain_decides() {
    counted_as!(
        "chain_derived_failures_total",
        Box<dyn Error + Send + Sync>:
        NoAnswer.into() => Timeout,
        Wrapped(NoAnswer).into() => Timeout,
        Wrapped(Arc::new(NoAnswer)).into() => Timeout,
        Wrapped(GivenUp(slow())).into() => Error,
        io::Error::other(NoAnswer).into() => Timeout,
    );
    counted_as!("chain_anyhow_failures_total", anyhow::Error: anyhow::Error::new(NoAnswer).context("late") => Timeout);
}

/// Its source is itself.
#[derive(Debug)]
struct Circular;

impl fmt::Display for Circular {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("circular")
    }
}

impl Error for Circular {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

/// A circle of errors that ask their sources.
#[derive(Debug, Failure)]
#[failure(source)]
struct Asks(&'static (dyn Error + Send + Sync));

impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("asks")
    }
}

impl Error for Asks {}

static ONE: Asks = Asks(&OTHER);
static OTHER: Asks = Asks(&ONE);

#[test]
fn a_circle_ends() {
    counted_as!("chain_circle_failures_total", Circular: Circular => Error);
    counted_as!("chain_boxed_circle_failures_total", Box<dyn Error + Send + Sync>: Circular.into() => Error);
    counted_as!("chain_asking_circle_failures_total", &'static Asks: &ONE => Error);
}

/// A list of errors that ask the next. Long ones are not dropped: that would take a stack as long.
#[derive(Debug, Failure)]
enum Deep {
    #[failure(source)]
    Next(Box<Deep>),
    #[failure(timeout)]
    End,
}

fn deep(length: usize) -> ManuallyDrop<Deep> {
    ManuallyDrop::new((0..length).fold(Deep::End, |deep, _| Deep::Next(Box::new(deep))))
}

fn chain(length: usize) -> ManuallyDrop<Box<dyn Error + Send + Sync>> {
    let end: Box<dyn Error + Send + Sync> = slow().into();
    ManuallyDrop::new((0..length).fold(end, |chain, _| Box::new(Linked(chain))))
}

#[derive(Debug, thiserror::Error)]
#[error("linked")]
struct Linked(#[source] Box<dyn Error + Send + Sync>);

#[test]
fn a_long_chain_is_searched_and_a_longer_one_ends() {
    assert_eq!(chain(999).reason(), Reason::Timeout);
    assert_eq!(chain(1_000_000).reason(), Reason::Error);
    assert_eq!(deep(100).reason(), Reason::Timeout);
    assert_eq!(deep(1_000_000).reason(), Reason::Error);
}
