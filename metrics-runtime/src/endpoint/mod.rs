//! The HTTP server of `/metrics`: a thread of its own with a runtime of its own.

mod negotiate;
mod respond;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_io_timeout::TimeoutStream;

use crate::recorder::Page;

/// More than any set of scrapers needs; what comes beyond waits in the operating system's queue.
const MAX_CONNECTIONS: usize = 256;
/// How long a client may take to send a request's head, and how long a kept connection may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take nothing of an answer. A scraper is given up long before.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request; a scraper's has some hundred bytes.
const MAX_HEAD: usize = 16 * 1024;
/// How long a scrape that is under way may go on after a shutdown has begun.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// As often as the exporter itself would do it.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// How long to wait when a connection cannot be accepted, which means that file descriptors have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The same answers, from the application's own server.
#[cfg(feature = "axum")]
pub(crate) fn router<S: Clone + Send + Sync + 'static>(page: Page) -> axum::Router<S> {
    let answer = move |request: axum::extract::Request| {
        let response = respond::respond(&request, &page);
        async move { response }
    };
    axum::Router::new()
        .route("/metrics", axum::routing::any(answer.clone()))
        .route("/healthz", axum::routing::any(answer))
}

/// The running server.
pub(crate) struct Service {
    address: Option<SocketAddr>,
    stop: Arc<Notify>,
    thread: JoinHandle<()>,
}

impl Service {
    /// Starts the thread. Without a listener it does the recorder's upkeep alone.
    pub(crate) fn start(listener: Option<TcpListener>, page: Page) -> io::Result<Self> {
        let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = match listener {
            Some(listener) => {
                listener.set_nonblocking(true)?;
                let _inside = runtime.enter();
                Some(tokio::net::TcpListener::from_std(listener)?)
            }
            None => None,
        };
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || runtime.block_on(run(listener, page, stopped)))?;
        Ok(Self { address, stop, thread })
    }

    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        self.address
    }

    pub(crate) fn shutdown(self) {
        self.stop.notify_one();
        // An error means that the thread has panicked, which has been reported already.
        let _ = self.thread.join();
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn run(listener: Option<tokio::net::TcpListener>, page: Page, stopped: Arc<Notify>) {
    let connections = Arc::new(GracefulShutdown::new());
    let serving = listener.map(|listener| tokio::spawn(serve(listener, page.clone(), Arc::clone(&connections))));
    tokio::spawn(keep_up(page));
    stopped.notified().await;
    if let Some(serving) = serving {
        serving.abort();
        // It has ended, by the abort, when this returns; then ours is the last reference.
        let _ = serving.await;
    }
    if let Some(connections) = Arc::into_inner(connections) {
        let _ = timeout(SHUTDOWN_TIMEOUT, connections.shutdown()).await;
    }
}

async fn keep_up(page: Page) {
    let mut upkeep = interval(UPKEEP_INTERVAL);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        upkeep.tick().await;
        page.run_upkeep();
    }
}

async fn serve(listener: tokio::net::TcpListener, page: Page, connections: Arc<GracefulShutdown>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let place = Arc::clone(&places).acquire_owned().await.ok();
        let mut stream = match listener.accept().await {
            Ok((stream, _)) => TimeoutStream::new(stream),
            Err(error) => {
                tracing::debug!(%error, "a connection to the metrics endpoint could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        stream.set_write_timeout(Some(WRITE_TIMEOUT));
        let page = page.clone();
        let service = service_fn(move |request| {
            let response = respond::respond(&request, &page);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off or breaks the protocol is its own affair.
            let _ = connection.await;
            drop(place);
        });
    }
}
