//! The endpoint's thread: it serves the page until it is told to stop, and does the recorder's upkeep for as long as the
//! program runs.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

use super::serve::serve;
use crate::page::Page;

/// As often as the exporter itself would do it.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// The thread, with all that it needs but a page.
pub(crate) struct PreparedService {
    page: Sender<Page>,
    service: Service,
}

/// The thread at work.
pub(crate) struct Service {
    address: Option<SocketAddr>,
    stop: Arc<Notify>,
    /// Ends when nothing is served any more. A handle can be shared, and a receiver alone cannot.
    served: Mutex<Receiver<()>>,
    thread: JoinHandle<()>,
}

impl PreparedService {
    /// Starts the thread. Without a listener it does the recorder's upkeep alone.
    pub(crate) fn new(listener: Option<TcpListener>) -> io::Result<Self> {
        let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let (page, pages) = channel();
        let (is_ready, ready) = channel();
        let (serving, served) = channel();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(move || {
            // A runtime is made and dropped here alone: where the program is inside its own, ours must not be dropped.
            let made = make(listener);
            let (made, error) = made.map_or_else(|error| (None, Err(error)), |made| (Some(made), Ok(())));
            // Who has started this thread waits for the word.
            let _ = is_ready.send(error);
            // There is no page where the program could not be given its recorder.
            if let (Some((runtime, listener)), Ok(page)) = (made, pages.recv()) {
                runtime.block_on(work(listener, page, &stopped, serving));
            }
        })?;
        // Without a word the thread has panicked, which has been reported already.
        ready.recv().unwrap_or_else(|_| Err(io::Error::other("the thread has panicked")))?;
        Ok(Self { page, service: Service { address, stop, served: Mutex::new(served), thread } })
    }

    /// Begins to serve.
    pub(crate) fn begin(self, page: Page) -> Service {
        // An error means that the thread has panicked, which has been reported already.
        let _ = self.page.send(page);
        self.service
    }

    /// Ends the thread, and closes the port.
    pub(crate) fn abandon(self) {
        drop(self.page);
        // As above.
        let _ = self.service.thread.join();
    }
}

impl Service {
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Returns when nothing is served any more.
    pub(crate) fn shutdown(self) {
        self.stop.notify_one();
        // Nothing is ever sent: the other end is dropped.
        let _ = self.served.into_inner().unwrap_or_else(PoisonError::into_inner).recv();
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("address", &self.address).finish_non_exhaustive()
    }
}

fn make(listener: Option<TcpListener>) -> io::Result<(Runtime, Option<tokio::net::TcpListener>)> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let inside = runtime.enter();
    let listener = match listener {
        Some(listener) => {
            listener.set_nonblocking(true)?;
            Some(tokio::net::TcpListener::from_std(listener)?)
        }
        None => None,
    };
    drop(inside);
    Ok((runtime, listener))
}

/// Values are recorded after the end of serving, too, so the upkeep goes on: without it every sample of another crate's
/// histogram would stay in memory.
async fn work(listener: Option<tokio::net::TcpListener>, page: Page, stopped: &Notify, serving: Sender<()>) {
    let upkeep = tokio::spawn(keep_up(page.clone()));
    if let Some(listener) = listener {
        serve(listener, page, stopped.notified()).await;
    }
    drop(serving);
    // It does not end, except by a panic, which has been reported already.
    let _ = upkeep.await;
}

async fn keep_up(page: Page) {
    let mut upkeep = interval(UPKEEP_INTERVAL);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        upkeep.tick().await;
        page.run_upkeep();
    }
}
