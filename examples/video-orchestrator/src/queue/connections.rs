//! The connections of the clients that post jobs: only some at once, and each must send the head of its request soon. Where all
//! places are taken, the connection that has owed its head for longest gives way to the new one.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use nix::sys::resource::{Resource, getrlimit};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use super::posting_client::PostingClient;

/// How many connections there are at once, where the process can have many files.
const PLACES: usize = 64;
/// A client whose request is on its way must not lose its place to clients that only connect.
const GRACE: Duration = Duration::from_millis(50);
/// How long to wait after a connection could not be accepted: usually the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections, and bounds them.
pub(super) struct BoundedListener {
    listener: TcpListener,
    places: Arc<Semaphore>,
    /// The connections that may owe their head, from the oldest on. A message makes one end.
    heads: VecDeque<(Instant, oneshot::Sender<()>)>,
}

impl BoundedListener {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(number_of_places())), heads: VecDeque::new() }
    }

    /// A place for a connection that was accepted.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return Some(place);
            }
            self.heads.retain(|(_, head)| !head.is_closed());
            let freed = Arc::clone(&self.places).acquire_owned();
            let Some((since, _)) = self.heads.front() else {
                // All send bodies, or wait for their answer: each of them ends soon.
                return freed.await.ok();
            };
            match timeout_at(*since + GRACE, freed).await {
                Ok(place) => return place.ok(),
                Err(_) => self.end_oldest(),
            }
            // It is closed when its task has run. Only one ends for each that comes.
            if let Ok(Ok(place)) = timeout_at(Instant::now() + GRACE, Arc::clone(&self.places).acquire_owned()).await {
                return Some(place);
            }
        }
    }

    fn end_oldest(&mut self) {
        if let Some((_, head)) = self.heads.pop_front() {
            // An error means that its head has come, or that it is closed.
            let _ = head.send(());
        }
    }
}

/// At most an eighth of the files that the process can have: the program needs the others.
fn number_of_places() -> usize {
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft);
    usize::try_from(files / 8).map_or(PLACES, |eighth| eighth.clamp(1, PLACES))
}

impl Listener for BoundedListener {
    type Io = PostingClient;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (PostingClient, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    let Some(place) = self.place().await else { continue };
                    let (end, must_end) = oneshot::channel();
                    self.heads.push_back((Instant::now(), end));
                    return (PostingClient::new(stream, must_end, place), address);
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection for a job could not be accepted");
                    // The file descriptor of another connection may be all that is missing.
                    self.heads.retain(|(_, head)| !head.is_closed());
                    self.end_oldest();
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
