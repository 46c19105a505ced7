//! The endpoint's thread. It serves the page until it is stopped, and does the recorder's upkeep for as long as the program
//! runs.

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

use super::fork::{Port, Process};
use super::live_page::Front;
use super::serve::serve;
use crate::page::Page;

/// The default interval of `metrics-exporter-prometheus`.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// The running thread, before it has a page. Everything that can fail is done.
pub(crate) struct PreparedService {
    page_sender: Sender<(Page, Option<Front>)>,
    service: Service,
}

/// The running thread, with a page.
pub(crate) struct Service {
    /// A child that is forked has no thread.
    process: Process,
    port: Option<Port>,
    address: Option<SocketAddr>,
    stop: Arc<Notify>,
    /// Disconnects when nothing is served any more. In a mutex, because a handle can be shared and a receiver cannot.
    serving_ended: Mutex<Receiver<()>>,
    thread: JoinHandle<()>,
}

impl PreparedService {
    /// Starts the thread. Without a listener it only does the recorder's upkeep.
    pub(crate) fn start(listener: Option<TcpListener>) -> io::Result<Self> {
        let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let port = listener.as_ref().map(Port::of);
        let (page_sender, page) = channel();
        let (ready_sender, ready) = channel();
        let (serving, serving_ended) = channel();
        let stop = Arc::new(Notify::new());
        let stop_requested = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(move || {
            // The runtime is built and dropped in this thread: inside the program's runtime, dropping ours would panic.
            let built = build_runtime(listener);
            let (built, result) = built.map_or_else(|error| (None, Err(error)), |built| (Some(built), Ok(())));
            // The thread that started this one waits for the result.
            let _ = ready_sender.send(result);
            // No page comes if the recorder could not be installed.
            if let (Some((runtime, listener)), Ok((page, front))) = (built, page.recv()) {
                runtime.block_on(run(listener, page, front, &stop_requested, serving));
            }
        })?;
        // If no result comes, the thread has panicked, which the panic hook has reported.
        ready.recv().unwrap_or_else(|_| Err(io::Error::other("the thread has panicked")))?;
        Ok(Self {
            page_sender,
            service: Service {
                process: Process::current(),
                port,
                address,
                stop,
                serving_ended: Mutex::new(serving_ended),
                thread,
            },
        })
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        self.service.address
    }

    /// Gives the thread its page, so that it begins to serve.
    pub(crate) fn serve(self, page: Page, front: Option<Front>) -> Service {
        if let Some(port) = self.service.port {
            port.close_in_children();
        }
        // An error means that the thread has panicked, which the panic hook has reported.
        let _ = self.page_sender.send((page, front));
        self.service
    }

    /// Closes the port, and returns when the thread has ended.
    pub(crate) fn cancel(self) {
        drop(self.page_sender);
        // As in `serve`.
        let _ = self.service.thread.join();
    }
}

impl Service {
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Stops serving; returns when the port and all connections are closed. The upkeep goes on.
    pub(crate) fn shutdown(self) {
        if self.process != Process::current() {
            // Nothing is served in the child of a fork, so there is nothing to wait for.
            return;
        }
        if let Some(port) = self.port {
            port.forget();
        }
        self.stop.notify_one();
        // Nothing is sent: the thread drops the sender, which ends `recv`.
        let _ = self.serving_ended.into_inner().unwrap_or_else(PoisonError::into_inner).recv();
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("address", &self.address).finish_non_exhaustive()
    }
}

fn build_runtime(listener: Option<TcpListener>) -> io::Result<(Runtime, Option<tokio::net::TcpListener>)> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let entered = runtime.enter();
    let listener = match listener {
        Some(listener) => {
            listener.set_nonblocking(true)?;
            Some(tokio::net::TcpListener::from_std(listener)?)
        }
        None => None,
    };
    drop(entered);
    Ok((runtime, listener))
}

/// Serves until it is stopped. The upkeep goes on afterwards, because values are still recorded: without it every sample of
/// another crate's histogram would stay in memory.
async fn run(
    listener: Option<tokio::net::TcpListener>,
    page: Page,
    front: Option<Front>,
    stop_requested: &Notify,
    serving: Sender<()>,
) {
    let upkeep = tokio::spawn(run_upkeep(page.clone()));
    if let (Some(listener), Some(front)) = (listener, front) {
        serve(listener, page, front, stop_requested.notified()).await;
    }
    drop(serving);
    // It ends only by a panic, which the panic hook has reported.
    let _ = upkeep.await;
}

async fn run_upkeep(page: Page) {
    let mut interval = interval(UPKEEP_INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        page.run_upkeep();
    }
}
