//! A pool of connections.

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::note::SCHEMA;

/// Connections to one database. SQLite blocks its thread, so work is done on threads that may be blocked.
#[derive(Debug)]
pub struct Pool {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// A connection that is in use, and goes back when this is dropped.
#[derive(Debug)]
pub struct Lent {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    /// Opens a database with so many connections. A statement waits so long for one that another program has locked.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, or is no database.
    pub fn open(file: &Path, connections: usize, busy_timeout: Duration) -> Result<Arc<Self>> {
        let open = || {
            let connection = Connection::open(file)?;
            connection.busy_timeout(busy_timeout)?;
            connection.execute(SCHEMA, [])?;
            Ok(connection)
        };
        let idle = (0..connections).map(|_| open()).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Self { idle: Mutex::new(idle), permits: Arc::new(Semaphore::new(connections)) }))
    }

    /// How many connections nobody uses.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.lock().len()
    }

    /// Waits for a connection.
    #[allow(clippy::missing_panics_doc, reason = "nobody closes the semaphore")]
    pub async fn lend(self: &Arc<Self>) -> Lent {
        let permit = Arc::clone(&self.permits).acquire_owned().await.expect("nobody closes it");
        Lent { connection: self.lock().pop(), pool: Arc::clone(self), _permit: permit }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent {
    /// Does some work with the connection. If nobody waits for it any more, it is done all the same.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match spawn_blocking(move || work(self.connection())).await {
            Ok(result) => result,
            Err(error) => resume_unwind(error.into_panic()),
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("there is one for each permit")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Before the permit, which is dropped after this.
        self.pool.lock().extend(self.connection.take());
    }
}
