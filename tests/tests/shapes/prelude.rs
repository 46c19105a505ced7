//! What the shapes use.

pub use std::future::Future;
pub use std::io;
pub use std::pin::Pin;
pub use std::rc::Rc;

use std::task::{Context, Waker};
use std::time::Duration;

pub use metrics_runtime::Outcome;
pub use system_tests::End;

pub use super::driver::Run;

/// How long each call takes at least.
pub const WORK: Duration = Duration::from_millis(1);

/// Works a little, and ends in this way.
pub fn act(end: End) -> Result<u32, io::Error> {
    std::thread::sleep(WORK);
    match end {
        End::Ok => Ok(1),
        End::Error => Err(io::Error::from(io::ErrorKind::NotFound)),
        End::Timeout => Err(io::Error::from(io::ErrorKind::TimedOut)),
        End::Panic => panic!("on purpose"),
        End::Wait => panic!("only an async function can wait"),
    }
}

/// Waits, and then does the same as [`act`].
pub async fn act_later(end: End) -> Result<u32, io::Error> {
    tokio::time::sleep(WORK).await;
    if end == End::Wait {
        std::future::pending::<()>().await;
    }
    act(end)
}

/// Runs a future to its end.
pub fn finish<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime can be made").block_on(future)
}

/// Polls a future until it waits, and drops it.
pub fn cancel<F: Future>(future: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime can be made");
    let _inside = runtime.enter();
    let mut future = std::pin::pin!(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the future must wait");
}

/// The same as in the crate `futures`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The same as in the crate `futures`.
pub trait FutureExt: Future + Sized {
    fn boxed<'a>(self) -> BoxFuture<'a, Self::Output>
    where
        Self: Send + 'a,
    {
        Box::pin(self)
    }
}

impl<F: Future> FutureExt for F {}

/// An error with a source.
#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
pub struct Wrapped(#[from] io::Error);
