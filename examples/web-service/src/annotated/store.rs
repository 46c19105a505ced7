//! The notes. Each function that asks the database is measured.

use std::sync::Arc;

use futures_util::{Stream, TryStreamExt};
use metrics_runtime::{counted_failure, measure_stream, measured, observed, timed};
use web_service::{NewNote, Note, Pool};

use crate::error::StoreError;

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
        Ok(self.pool.run(|database| web_service::insert(database, note)).await?)
    }

    #[observed(
        histogram = "batch_rows",
        value = notes.len(),
        buckets(1, 10, 100, 1000),
        description = "How many notes were sent at once.",
    )]
    pub(crate) async fn create_all(&self, notes: Vec<NewNote>) -> Result<Vec<Note>, StoreError> {
        Ok(self.pool.run(|database| web_service::insert_all(database, notes)).await?)
    }

    pub(crate) async fn find(&self, id: i64) -> Result<Note, StoreError> {
        Ok(self.pool.run(move |database| web_service::find(database, id)).await?)
    }

    pub(crate) async fn list(&self) -> Result<Vec<Note>, StoreError> {
        Ok(self.pool.run(web_service::list).await?)
    }

    pub(crate) async fn delete(&self, id: i64) -> Result<(), StoreError> {
        self.pool.run(move |database| web_service::delete(database, id)).await?;
        Ok(())
    }

    #[skip] // The rows come later: the stream is measured, not its construction.
    pub(crate) async fn export(&self) -> impl Stream<Item = Result<Note, StoreError>> + use<> {
        let rows = web_service::rows(&self.pool).await.map_err(StoreError::from);
        measure_stream!(
            /// How long an export takes.
            #[timed(histogram = "export_seconds", labels(outcome), buckets(0.1, 1, 10, 60))]
            #[counted(counter = "exported_rows_total", on = item, description = "Notes that were exported.")]
            rows
        )
    }
}
