//! Accepts connections and answers on them, until it is told to stop.

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
    let (stop, stopping) = watch::channel(());
    let accepting = tokio::spawn(accept(listener, page, stopping));
    stopped.await;
    accepting.abort();
    // It has ended, by the abort, when this returns; the listener has gone with it.
    let _ = accepting.await;
    let _ = stop.send(());
    // Each connection holds a receiver for as long as it lives.
    stop.closed().await;
}

async fn accept(listener: TcpListener, page: Page, stopping: watch::Receiver<()>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let place = Arc::clone(&places).acquire_owned().await.ok();
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection to the metrics endpoint could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (page, stopping) = (page.clone(), stopping.clone());
        tokio::spawn(async move {
            answer(stream, page, stopping).await;
            drop(place);
        });
    }
}

/// Answers on one connection. A client that breaks off or breaks the protocol is its own affair.
async fn answer(stream: TcpStream, page: Page, mut stopping: watch::Receiver<()>) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let was_asked = AtomicBool::new(false);
    let service = service_fn(|request| {
        was_asked.store(true, Ordering::Relaxed);
        let response = respond::respond(&request, &page);
        async move { Ok::<_, Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = pin!(connection);
    let mut stop = pin!(stopping.changed());
    let is_ended = poll_fn(|context| {
        // First the connection: a request that has come is answered.
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        stop.as_mut().poll(context).map(|_| false)
    })
    .await;
    // Before its first request hyper takes a connection for one with a scrape under way; after that it knows.
    if !is_ended && was_asked.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(SHUTDOWN_TIMEOUT, connection).await;
    }
}
