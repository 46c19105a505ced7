//! The places of the connections that are served. Where all are taken, the connection that has been idle or slow for longest
//! gives way to a new one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use super::client::Client;

/// A connection is safe for one millisecond for each place, and at most for this time: a client whose request is on its
/// way must not lose its place to clients that only connect. Where there are few places, new connections come sooner to
/// their turn.
const LONGEST_GRACE: Duration = Duration::from_millis(50);

pub(super) struct Places {
    number: usize,
    taken: Mutex<Vec<Arc<Client>>>,
    freed: Notify,
}

/// A place, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    client: Arc<Client>,
}

impl Places {
    pub(super) fn new(number: usize) -> Arc<Self> {
        Arc::new(Self { number, taken: Mutex::default(), freed: Notify::new() })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Arc<Client>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a place to a connection that was accepted; where all are taken, it is that of another connection.
    pub(super) async fn take(self: &Arc<Self>) -> Place {
        while self.taken().len() >= self.number {
            if let Err(wait) = self.free_one().await {
                // An error means that the time is over.
                let _ = timeout(wait, self.freed.notified()).await;
            }
        }
        let client = Arc::new(Client::new());
        self.taken().push(Arc::clone(&client));
        Place { places: Arc::clone(self), client }
    }

    /// Ends the connection that has been idle or slow for longest. If none has been so for long enough, it gives the time
    /// after which to ask again.
    pub(super) async fn free_one(&self) -> Result<(), Duration> {
        self.choose()?.give_way();
        // Meanwhile the connection is closed: its task runs before this one.
        yield_now().await;
        Ok(())
    }

    /// When a reader of this page last read a part of it. Nothing if none is reading it.
    pub(super) fn progress_with(&self, page: u64) -> Option<Instant> {
        self.taken().iter().filter_map(|client| client.progress_with(page)).max()
    }

    /// Ends the connections that are reading this page; if a time is given, those that have read nothing for this time.
    pub(super) fn free_readers_of(&self, page: u64, stopped: Option<Duration>) {
        let gives_way = |client: &mut Arc<Client>| {
            let progress = client.progress_with(page);
            progress.is_some_and(|progress| stopped.is_none_or(|time| progress.elapsed() >= time))
        };
        for client in self.taken().extract_if(.., gives_way) {
            client.give_way();
        }
    }

    fn choose(&self) -> Result<Arc<Client>, Duration> {
        let grace = Duration::from_millis(self.number as u64).min(LONGEST_GRACE);
        let mut taken = self.taken();
        let slow = taken.iter().enumerate().filter_map(|(at, client)| Some((client.slow_since()?, at)));
        // The others wait for us.
        let (since, at) = slow.min().ok_or(grace)?;
        match grace.checked_sub(Instant::now() - since) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(taken.swap_remove(at)),
        }
    }
}

impl Place {
    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It is not there any more if it has given way.
        self.places.taken().retain(|client| !Arc::ptr_eq(client, &self.client));
        self.places.freed.notify_one();
    }
}
