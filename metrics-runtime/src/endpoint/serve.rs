//! Accepts connections and answers on them, until it is told to stop.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use super::respond;
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
/// How long to wait when a connection cannot be accepted, which means that file descriptors have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopped`; returns when the port and all connections are closed.
pub(super) async fn serve(listener: TcpListener, page: Page, stopped: impl Future<Output = ()>) {
    let connections = Arc::new(GracefulShutdown::new());
    let accepting = tokio::spawn(accept(listener, page, Arc::clone(&connections)));
    stopped.await;
    accepting.abort();
    // It has ended, by the abort, when this returns; then ours is the last reference.
    let _ = accepting.await;
    if let Some(connections) = Arc::into_inner(connections) {
        let _ = timeout(SHUTDOWN_TIMEOUT, connections.shutdown()).await;
    }
}

async fn accept(listener: TcpListener, page: Page, connections: Arc<GracefulShutdown>) {
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
