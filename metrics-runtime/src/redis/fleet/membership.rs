//! The thread of a program that is in a fleet.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::list::Answering;
use super::registry::Registry;
use super::renewal::{keep_registered, leave};

/// The longest that a program waits until it has left. Redis has a little less.
const LEAVING: Duration = Duration::from_millis(2500);

/// The place of a program in a [`Fleet`](super::Fleet), which it leaves when this is dropped.
///
/// Keep it to the end of `main`, and drop it before the [`Handle`](crate::Handle): then Prometheus does not miss a worker that
/// has ended as it should. Leaving takes a round trip to Redis, and at most 2.5 seconds where Redis is away.
///
/// A program that is killed, and one that ends with `std::process::exit` or without this drop, is a lost worker. So is one whose
/// `main` panics: a drop while its thread panics does not leave. In the child of a fork the drop does nothing.
#[must_use = "the program leaves the fleet when this is dropped"]
pub struct Membership {
    address: String,
    /// `None` where metrics are off.
    thread: Option<Thread>,
}

struct Thread {
    /// A child that is forked has no thread.
    process: u32,
    leave: oneshot::Sender<()>,
    /// Disconnects when the thread has left. In a mutex, because a membership can be shared and a receiver cannot.
    left: Mutex<Receiver<()>>,
}

impl Membership {
    /// That of a program whose metrics are off: nobody would scrape it.
    pub(super) fn of_nothing(address: String) -> Self {
        Self { address, thread: None }
    }

    /// Starts the thread, which has a runtime of its own: a blocked runtime of the program does not make it a lost worker, since
    /// it is scraped all the same.
    pub(super) fn start(address: String, registry: Registry, answering: Answering) -> io::Result<Self> {
        let (leave, must_leave) = oneshot::channel();
        let (leaving, left) = channel();
        let (ready_sender, ready) = channel();
        std::thread::Builder::new().name("metrics fleet".to_owned()).spawn(move || {
            run(&registry, answering, must_leave, &ready_sender);
            drop::<Sender<()>>(leaving);
        })?;
        // If no result comes, the thread has panicked, which the panic hook has reported.
        ready.recv().unwrap_or_else(|_| Err(io::Error::other("the thread has panicked")))?;
        let thread = Thread { process: std::process::id(), leave, left: Mutex::new(left) };
        Ok(Self { address, thread: Some(thread) })
    }

    /// The address of this program on the list: where Prometheus reaches its metrics.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Leaves the fleet, as the drop does: the program is not on the list any more.
    pub fn leave(self) {
        drop(self);
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let Some(Thread { process, leave, left }) = self.thread.take() else { return };
        if process != std::process::id() || std::thread::panicking() {
            return;
        }
        // An error means that the thread has panicked, which the panic hook has reported.
        let _ = leave.send(());
        // Nothing is sent: the thread drops the sender, which ends the wait.
        let _ = left.into_inner().unwrap_or_else(PoisonError::into_inner).recv_timeout(LEAVING);
    }
}

impl fmt::Debug for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Membership").field("address", &self.address).finish_non_exhaustive()
    }
}

fn run(registry: &Registry, answering: Answering, must_leave: oneshot::Receiver<()>, ready: &Sender<io::Result<()>>) {
    let runtime = match Builder::new_current_thread().enable_io().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            // The thread that started this one waits for the result.
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(Ok(()));
    runtime.block_on(async {
        let renewing = tokio::spawn(keep_registered(registry.clone()));
        let answering = tokio::spawn(answering.run());
        if must_leave.await.is_err() {
            // The program goes on without its membership, and is still scraped.
            pending::<()>().await;
        }
        answering.abort();
        renewing.abort();
        // After the last renewal: it would register the program again.
        let _ = renewing.await;
        leave(registry).await;
    });
}
