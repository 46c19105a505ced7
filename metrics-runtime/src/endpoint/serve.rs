//! Accepts connections, until it is stopped.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connection::serve_connection;
use super::limits::{number_of_places, set_buffers};
use super::live_page::Front;
use super::places::Places;
use super::shared_pages::SharedPages;
use crate::page::Page;

/// How long to wait after a connection could not be accepted: usually the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop_requested` ends; returns when the port and all connections are closed.
pub(super) async fn serve(listener: TcpListener, page: Page, front: Front, stop_requested: impl Future<Output = ()>) {
    let (shutdown_sender, shutdown) = watch::channel(());
    let accepting = tokio::spawn(accept(listener, page, front, shutdown));
    stop_requested.await;
    accepting.abort();
    // Once the aborted task has ended, its listener is closed too.
    let _ = accepting.await;
    let _ = shutdown_sender.send(());
    // Each connection keeps a receiver until it is closed.
    shutdown_sender.closed().await;
}

async fn accept(listener: TcpListener, page: Page, front: Front, shutdown: watch::Receiver<()>) {
    set_buffers(&listener);
    let places = Places::new(number_of_places());
    let front = Arc::new(front);
    let pages = Arc::new(SharedPages::new(page, Some(Arc::clone(&places))));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection to the metrics endpoint could not be accepted");
                // The file descriptor of another connection may be all that is missing.
                if places.free_one().await.is_err() {
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        let place = places.take().await;
        tokio::spawn(serve_connection(stream, place, Arc::clone(&pages), Arc::clone(&front), shutdown.clone()));
    }
}
