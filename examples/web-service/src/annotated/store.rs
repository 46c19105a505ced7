//! The notes. Each function that asks the database is measured.

use std::sync::Arc;

use futures_util::{Stream, TryStreamExt};
use metrics_runtime::{counted_failure, measure_stream, measured, observed, timed};
use rusqlite::Connection;
use web_service::{Lent, NewNote, Note, Pool};

use crate::error::StoreError;
use crate::metrics::{NOTES, POOL_WAIT, QUERY};

#[derive(Clone)]
pub(crate) struct Store {
    pool: Arc<Pool>,
}

#[measured(labels(method))]
#[timed(histogram = "store_seconds", buckets(0.001, 0.01, 0.1, 1))]
#[counted_failure(counter = "store_failures_total")]
impl Store {
    #[skip]
    pub(crate) fn new(pool: Arc<Pool>) -> Self {
        Self { pool }
    }

    pub(crate) async fn create(&self, note: NewNote) -> Result<Note, StoreError> {
        self.run(|database| web_service::insert(database, note).inspect(|_| NOTES.inc())).await
    }

    #[observed(
        histogram = "batch_rows",
        value = notes.len(),
        buckets(1, 10, 100, 1000),
        description = "How many notes were sent at once.",
    )]
    pub(crate) async fn create_all(&self, notes: Vec<NewNote>) -> Result<Vec<Note>, StoreError> {
        self.run(|database| web_service::insert_all(database, notes).inspect(|notes| NOTES.increment(notes.len())))
            .await
    }

    pub(crate) async fn find(&self, id: i64) -> Result<Note, StoreError> {
        self.run(move |database| web_service::find(database, id)).await
    }

    pub(crate) async fn list(&self) -> Result<Vec<Note>, StoreError> {
        self.run(web_service::list).await
    }

    pub(crate) async fn delete(&self, id: i64) -> Result<(), StoreError> {
        self.run(move |database| web_service::delete(database, id).inspect(|()| NOTES.dec())).await
    }

    #[skip] // The rows come later: the stream is measured, not its construction.
    pub(crate) async fn export(&self) -> impl Stream<Item = Result<Note, StoreError>> + use<> {
        let rows = web_service::rows(self.lend().await).map_err(StoreError::from);
        measure_stream!(
            /// How long an export takes.
            #[timed(histogram = "export_seconds", labels(outcome), buckets(0.1, 1, 10, 60))]
            #[counted(counter = "exported_rows_total", on = item, description = "Notes that were exported.")]
            rows
        )
    }

    /// If a client goes away, the work goes on. So what it does is counted inside of it.
    #[skip]
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        Ok(self.lend().await.run(|database| QUERY.time(|| work(database))).await?)
    }

    #[skip]
    async fn lend(&self) -> Lent {
        POOL_WAIT.measure(self.pool.lend()).await
    }
}
