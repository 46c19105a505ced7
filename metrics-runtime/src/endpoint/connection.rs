//! Answers the requests of one connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::live_page::Front;
use super::places::Place;
use super::respond::{Wanted, respond};
use super::shared_pages::SharedPages;
use super::watched_stream::WatchedStream;

/// The largest head of a request in bytes; that of a scrape has a few hundred.
const MAX_HEAD_SIZE: usize = 16 * 1024;
/// How long a scrape in progress can go on after a shutdown has begun.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until the client has gone, is too slow or has to give way, or until a shutdown. If the client breaks the connection
/// or the protocol, nothing is reported.
pub(super) async fn serve_connection(
    stream: TcpStream,
    place: Place,
    pages: Arc<SharedPages>,
    front: Arc<Front>,
    mut shutdown: watch::Receiver<()>,
) {
    let client = place.client();
    let has_had_request = AtomicBool::new(false);
    let service = service_fn(|request| {
        has_had_request.store(true, Ordering::Relaxed);
        client.has_asked();
        let (wanted, pages, client) =
            (Wanted::by(&request, front.targets(), Some(&front)), Arc::clone(&pages), Arc::clone(client));
        async move { Ok::<_, Infallible>(respond(wanted, &pages, Some(client)).await) }
    });
    let connection = http1::Builder::new()
        // The deadline below is for the head too.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_SIZE)
        .serve_connection(TokioIo::new(WatchedStream::new(stream, Arc::clone(client))), service);
    let mut connection = pin!(connection);
    let mut shutdown = pin!(shutdown.changed());
    let mut must_give_way = pin!(client.must_give_way());
    let mut deadline = pin!(sleep_until(Instant::now()));
    let is_shutdown = poll_fn(|context| {
        // The connection comes first, so that a request that has arrived is answered.
        if connection.as_mut().poll(context).is_ready() || must_give_way.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        if let Some(at) = client.deadline() {
            if deadline.deadline() != at {
                deadline.as_mut().reset(at);
            }
            if deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(false);
            }
        }
        shutdown.as_mut().poll(context).map(|_| true)
    })
    .await;
    // Before a connection's first request, hyper's graceful shutdown would wait for this request, so the connection is just
    // dropped. Later, hyper knows whether a request is in progress.
    if is_shutdown && has_had_request.load(Ordering::Relaxed) {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(SHUTDOWN_TIMEOUT, connection).await;
    }
}
