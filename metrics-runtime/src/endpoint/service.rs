//! The endpoint's thread. It serves the page until it is stopped, and does the recorder's upkeep for as long as the program
//! runs.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

use super::fork::{PortFile, Process};
use super::live_page::Front;
use super::port::Port;
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
    port: Arc<OnceLock<PortFile>>,
    address: Option<SocketAddr>,
    stop: Arc<Notify>,
    /// Disconnects when nothing is served any more. In a mutex, because a handle can be shared and a receiver cannot.
    serving_ended: Mutex<Receiver<()>>,
    thread: JoinHandle<()>,
}

impl PreparedService {
    /// Starts the thread. Without a port it only does the recorder's upkeep.
    pub(crate) fn start(port: Port) -> io::Result<Self> {
        let address = port.address();
        let port_file = Arc::new(OnceLock::new());
        if let Port::Open(listener) = &port {
            port_file.get_or_init(|| PortFile::of(listener));
        }
        let port_of_thread = Arc::clone(&port_file);
        let (page_sender, page) = channel();
        let (ready_sender, ready) = channel();
        let (serving, serving_ended) = channel();
        let stop = Arc::new(Notify::new());
        let stop_requested = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(move || {
            // The runtime is built and dropped in this thread: inside the program's runtime, dropping ours would panic.
            let built = port.prepare().and_then(|()| build_runtime());
            let (built, result) = built.map_or_else(|error| (None, Err(error)), |built| (Some(built), Ok(())));
            // The thread that started this one waits for the result.
            let _ = ready_sender.send(result);
            // No page comes if the recorder could not be installed.
            if let (Some(runtime), Ok((page, front))) = (built, page.recv()) {
                runtime.block_on(run(port, &port_of_thread, page, front, &stop_requested, serving));
            }
        })?;
        // If no result comes, the thread has panicked, which the panic hook has reported.
        ready.recv().unwrap_or_else(|_| Err(io::Error::other("the thread has panicked")))?;
        Ok(Self {
            page_sender,
            service: Service {
                process: Process::current(),
                port: port_file,
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
        if let Some(port) = self.service.port.get() {
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
        if let Some(port) = self.port.get() {
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

fn build_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_io().enable_time().build()
}

/// Serves until it is stopped. The upkeep goes on afterwards, because values are still recorded: without it every sample of
/// another crate's histogram would stay in memory.
async fn run(
    port: Port,
    port_file: &OnceLock<PortFile>,
    page: Page,
    front: Option<Front>,
    stop_requested: &Notify,
    serving: Sender<()>,
) {
    let upkeep = tokio::spawn(run_upkeep(page.clone()));
    if let (Some(listener), Some(front)) = (port.listener(stop_requested).await, front) {
        port_file.get_or_init(|| PortFile::of(&listener)).close_in_children();
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => serve(listener, page, front, stop_requested.notified()).await,
            Err(error) => tracing::error!(%error, "the metrics endpoint cannot listen"),
        }
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
