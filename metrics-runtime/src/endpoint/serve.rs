//! Accepts connections and answers their requests, until it is stopped.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use super::respond;
use crate::page::Page;

/// More than any set of scrapers needs. Further connections wait in the operating system's queue.
const MAX_CONNECTIONS: usize = 256;
/// How long a client can take to send the head of a request, and how long a kept connection can be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client can stop reading a response. A scrape has timed out long before.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request in bytes; that of a scrape has a few hundred.
const MAX_HEAD_SIZE: usize = 16 * 1024;
/// How long a scrape in progress can go on after a shutdown has begun.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait after a connection could not be accepted: usually the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop_requested` ends; returns when the port and all connections are closed.
pub(super) async fn serve(listener: TcpListener, page: Page, stop_requested: impl Future<Output = ()>) {
    let (shutdown_sender, shutdown) = watch::channel(());
    let accepting = tokio::spawn(accept(listener, page, shutdown));
    stop_requested.await;
    accepting.abort();
    // Once the aborted task has ended, its listener is closed too.
    let _ = accepting.await;
    let _ = shutdown_sender.send(());
    // Each connection keeps a receiver until it is closed.
    shutdown_sender.closed().await;
}

async fn accept(listener: TcpListener, page: Page, shutdown: watch::Receiver<()>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let permit = Arc::clone(&permits).acquire_owned().await.ok();
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection to the metrics endpoint could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (page, shutdown) = (page.clone(), shutdown.clone());
        tokio::spawn(async move {
            serve_connection(stream, page, shutdown).await;
            drop(permit);
        });
    }
}

/// Answers the requests of one connection. If the client breaks the connection or the protocol, nothing is reported.
async fn serve_connection(stream: TcpStream, page: Page, mut shutdown: watch::Receiver<()>) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let has_had_request = AtomicBool::new(false);
    let service = service_fn(|request| {
        has_had_request.store(true, Ordering::Relaxed);
        let response = respond::respond(&request, &page);
        async move { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEAD_SIZE)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = pin!(connection);
    let mut shutdown = pin!(shutdown.changed());
    let has_ended = poll_fn(|context| {
        // The connection comes first, so that a request that has arrived is answered.
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        shutdown.as_mut().poll(context).map(|_| false)
    })
    .await;
    // Before a connection's first request, hyper's graceful shutdown would wait for this request, so the connection is just
    // dropped. Later, hyper knows whether a request is in progress.
    if !has_ended && has_had_request.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(SHUTDOWN_TIMEOUT, connection).await;
    }
}
