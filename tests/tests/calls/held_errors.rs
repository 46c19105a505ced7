//! Errors inside of what they are held in, and errors of a type that the function does not know.

use std::error::Error;
use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::panic::UnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use eyre::WrapErr as _;
use metrics_runtime::{Failure, Reason, counted_failure};

use super::counted_as::{counted_as, difference};
use super::support::{finish, value};

fn slow() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// An error of an application, without a class.
#[derive(Debug, thiserror::Error)]
#[error("the store")]
struct StoreError(#[source] io::Error);

/// A service's own trait for the errors of its backends.
trait BackendError: Error + Send + Sync {}

impl BackendError for StoreError {}
impl BackendError for FetchError {}

/// The service's own trait, and it says that such an error is a failure.
trait Classified: Failure + Send {}

impl Classified for FetchError {}

#[derive(Debug, thiserror::Error, Failure)]
#[error("cannot fetch")]
enum FetchError {
    #[failure(timeout)]
    NoAnswer,
    /// Its class goes before its source's.
    #[failure(error)]
    GivenUp(#[source] io::Error),
}

#[test]
fn boxed_traits_of_the_users_own() {
    counted_as!(
        "held_backend_failures_total",
        Box<dyn BackendError>:
        Box::new(StoreError(slow())) => Timeout,
        Box::new(StoreError(refused())) => Error,
    );
    counted_as!("held_arc_backend_failures_total", Arc<dyn BackendError>: Arc::new(StoreError(slow())) => Timeout);
    counted_as!("held_rc_backend_failures_total", Rc<dyn BackendError>: Rc::new(StoreError(slow())) => Timeout);
    counted_as!(
        "held_classified_failures_total",
        Box<dyn Classified>:
        Box::new(FetchError::NoAnswer) => Timeout,
        Box::new(FetchError::GivenUp(slow())) => Error,
    );
}

/// With one line of the user's, also the error itself is looked at, and not only its sources.
trait Upcast: Error + Send + Sync {}

impl Upcast for io::Error {}

impl Failure for dyn Upcast {
    fn reason(&self) -> Reason {
        (self as &dyn Error).reason()
    }
}

#[test]
fn a_boxed_trait_that_is_a_failure() {
    counted_as!("held_upcast_failures_total", Box<dyn Upcast>: Box::new(slow()) => Timeout);
    counted_as!("held_arc_upcast_failures_total", Arc<dyn Upcast>: Arc::new(slow()) => Timeout);
}

#[test]
fn dyn_errors_in_each_pointer() {
    counted_as!("held_arc_dyn_failures_total", Arc<dyn Error + Send + Sync>: Arc::new(slow()) => Timeout);
    counted_as!("held_rc_dyn_failures_total", Rc<dyn Error>: Rc::new(slow()) => Timeout, Rc::new(refused()) => Error);
    counted_as!("held_rc_failures_total", Rc<io::Error>: Rc::new(slow()) => Timeout);
    counted_as!(
        "held_unwind_failures_total",
        Box<dyn Error + Send + Sync + UnwindSafe>:
        Box::new(RecvTimeoutError::Timeout) => Timeout,
        Box::new(RecvTimeoutError::Disconnected) => Error,
    );
    counted_as!("held_sync_failures_total", Box<dyn Error + Sync>: Box::new(slow()) => Timeout);
    counted_as!("held_option_failures_total", Option<Box<dyn BackendError>>:
        Some(Box::new(StoreError(slow()))) => Timeout,
        None => Error,
    );
}

#[test]
fn reports() {
    let elapsed = || {
        let limited = async { tokio::time::timeout(Duration::from_secs(1), std::future::pending::<()>()).await };
        finish(limited).expect_err("nothing is ever ready")
    };
    counted_as!(
        "held_eyre_failures_total",
        eyre::Report:
        Err::<(), _>(elapsed()).wrap_err("no frame").unwrap_err() => Timeout,
        eyre::Report::new(slow()) => Timeout,
        eyre::Report::new(FetchError::NoAnswer).wrap_err("while fetching") => Timeout,
        eyre::Report::new(FetchError::GivenUp(slow())) => Error,
        eyre::eyre!("timed out") => Error,
    );
    counted_as!("held_option_eyre_failures_total", Option<eyre::Report>: Some(eyre::Report::new(slow())) => Timeout);
}

/// Holds an error, and is none.
#[derive(Debug)]
struct Converted(Box<dyn Error + Send + Sync>);

impl AsRef<dyn Error + Send + Sync> for Converted {
    fn as_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

/// Holds an error, and is none.
#[derive(Debug)]
struct ConvertedLocally(Box<dyn Error>);

impl AsRef<dyn Error> for ConvertedLocally {
    fn as_ref(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

#[test]
fn types_that_only_convert() {
    counted_as!(
        "held_converted_failures_total",
        Converted:
        Converted(slow().into()) => Timeout,
        Converted(refused().into()) => Error,
    );
    counted_as!(
        "held_converted_locally_failures_total",
        ConvertedLocally: ConvertedLocally(slow().into()) => Timeout
    );
}

/// Sources in each kind of holder.
#[derive(Debug, Failure)]
enum Sources {
    #[failure(source)]
    Optional(Option<io::Error>),
    #[failure(source)]
    OptionalBox { source: Option<Box<dyn Error + Send + Sync>> },
    #[failure(source)]
    OptionalBackend(Option<Box<dyn BackendError>>),
    #[failure(source)]
    Backend(Box<dyn BackendError>),
    #[failure(source)]
    Boxed(Box<StoreError>),
    #[failure(source)]
    Shared(Arc<StoreError>),
    #[failure(source)]
    SharedDyn(Arc<dyn Error + Send + Sync>),
    #[failure(source)]
    Unwind(Box<dyn Error + Send + Sync + UnwindSafe>),
    #[failure(source)]
    Report(eyre::Report),
    #[failure(source)]
    Context(anyhow::Error),
    #[failure(source)]
    Converted(Converted),
    #[failure(source)]
    Borrowed(&'static io::Error),
}

#[test]
fn sources_in_each_holder() {
    static BORROWED: std::sync::LazyLock<io::Error> = std::sync::LazyLock::new(slow);
    counted_as!(
        "held_sources_failures_total",
        Sources:
        Sources::Optional(Some(slow())) => Timeout,
        Sources::Optional(Some(refused())) => Error,
        Sources::Optional(None) => Error,
        Sources::OptionalBox { source: Some(slow().into()) } => Timeout,
        Sources::OptionalBox { source: None } => Error,
        Sources::OptionalBackend(Some(Box::new(StoreError(slow())))) => Timeout,
        Sources::Backend(Box::new(StoreError(slow()))) => Timeout,
        Sources::Backend(Box::new(StoreError(refused()))) => Error,
        Sources::Boxed(Box::new(StoreError(slow()))) => Timeout,
        Sources::Shared(Arc::new(StoreError(slow()))) => Timeout,
        Sources::SharedDyn(Arc::new(slow())) => Timeout,
        Sources::Unwind(Box::new(RecvTimeoutError::Timeout)) => Timeout,
        Sources::Report(eyre::Report::new(slow())) => Timeout,
        Sources::Context(anyhow::Error::new(slow())) => Timeout,
        Sources::Converted(Converted(slow().into())) => Timeout,
        Sources::Borrowed(&BORROWED) => Timeout,
    );
}

#[counted_failure(counter = "held_any_failures_total")]
fn any<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[counted_failure(counter = "held_any_error_failures_total")]
async fn any_error<E: Error>(error: E) -> Result<(), E> {
    Err(error)
}

#[counted_failure(counter = "held_opaque_failures_total")]
fn opaque() -> Result<(), impl fmt::Debug> {
    Err(slow())
}

/// An error that borrows, and holds a timeout.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}")]
struct Borrowing<'a> {
    name: &'a str,
    source: io::Error,
}

#[test]
fn errors_of_generic_types() {
    let counted = |fail: &dyn Fn()| difference("held_any_failures_total", fail);
    assert_eq!(counted(&|| drop(any(slow()))), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(refused()))), Reason::Error);
    assert_eq!(counted(&|| drop(any("timeout".to_owned()))), Reason::Error);
    assert_eq!(counted(&|| drop(any(FetchError::NoAnswer))), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(FetchError::GivenUp(slow())))), Reason::Error);
    assert_eq!(counted(&|| drop(any(Box::new(FetchError::NoAnswer)))), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(Arc::new(slow())))), Reason::Timeout);
    assert_eq!(counted(&|| assert!(any(&slow()).is_err())), Reason::Timeout);
    assert_eq!(counted(&|| assert!(any(&FetchError::NoAnswer).is_err())), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(Box::<dyn Error>::from(slow())))), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(Box::<dyn Error + Send + Sync>::from(slow())))), Reason::Timeout);
    assert_eq!(counted(&|| drop(any(anyhow::Error::new(slow()).context("while drawing")))), Reason::Timeout);

    let counted = |fail: &dyn Fn()| difference("held_any_error_failures_total", fail);
    assert_eq!(counted(&|| drop(finish(any_error(slow())))), Reason::Timeout);
    assert_eq!(counted(&|| drop(finish(any_error(StoreError(slow()))))), Reason::Timeout);
    assert_eq!(counted(&|| drop(finish(any_error(FetchError::NoAnswer)))), Reason::Timeout);
    assert_eq!(counted(&|| drop(finish(any_error(FetchError::GivenUp(slow()))))), Reason::Error);
    let name = String::from("a file");
    let borrowing = || Borrowing { name: &name, source: slow() };
    assert_eq!(counted(&|| drop(finish(any_error(borrowing())))), Reason::Timeout);

    assert_eq!(difference("held_opaque_failures_total", || drop(opaque())), Reason::Timeout);
}

#[counted_failure(counter = "held_borrowing_failures_total")]
fn borrowing(name: &str) -> Result<(), Borrowing<'_>> {
    Err(Borrowing { name, source: slow() })
}

#[test]
fn an_error_that_borrows() {
    let name = String::from("a file");
    assert_eq!(difference("held_borrowing_failures_total", || drop(borrowing(&name))), Reason::Timeout);
}

/// Only a `Result` can fail: what breaks a loop is not always a failure.
#[counted_failure(counter = "held_break_failures_total")]
fn breaks() -> ControlFlow<io::Error> {
    ControlFlow::Break(slow())
}

#[test]
fn what_is_not_a_result_does_not_fail() {
    super::support::metrics();
    assert!(breaks().is_break());
    for reason in ["error", "timeout"] {
        assert_eq!(value(&format!("held_break_failures_total{{reason=\"{reason}\"}}")), Some(0.0));
    }
}
