//! The notes. Each function that asks the database is measured.

use std::sync::Arc;
use std::time::Instant;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use metrics::{counter, gauge, histogram};
use rusqlite::Connection;
use web_service::{Lent, NewNote, Note, Pool};

use crate::ending::unfinished;
use crate::error::StoreError;
use crate::timer::Timer;

#[derive(Clone)]
pub(crate) struct Store {
    pool: Arc<Pool>,
}

impl Store {
    pub(crate) fn new(pool: Arc<Pool>) -> Self {
        Self { pool }
    }

    pub(crate) async fn create(&self, note: NewNote) -> Result<Note, StoreError> {
        let insert =
            |database: &Connection| web_service::insert(database, note).inspect(|_| gauge!("notes").increment(1));
        measure("create", self.run(insert)).await
    }

    pub(crate) async fn create_all(&self, notes: Vec<NewNote>) -> Result<Vec<Note>, StoreError> {
        #[allow(clippy::cast_precision_loss, reason = "no request has as many")]
        let rows = notes.len() as f64;
        histogram!("batch_rows").record(rows);
        let insert = move |database: &Connection| {
            web_service::insert_all(database, notes).inspect(|_| gauge!("notes").increment(rows))
        };
        measure("create_all", self.run(insert)).await
    }

    pub(crate) async fn find(&self, id: i64) -> Result<Note, StoreError> {
        measure("find", self.run(move |database| web_service::find(database, id))).await
    }

    pub(crate) async fn list(&self) -> Result<Vec<Note>, StoreError> {
        measure("list", self.run(web_service::list)).await
    }

    pub(crate) async fn delete(&self, id: i64) -> Result<(), StoreError> {
        let delete =
            move |database: &Connection| web_service::delete(database, id).inspect(|()| gauge!("notes").decrement(1));
        measure("delete", self.run(delete)).await
    }

    pub(crate) async fn export(&self) -> impl Stream<Item = Result<Note, StoreError>> + use<> {
        let rows = web_service::rows(self.lend().await).map_err(StoreError::from);
        let export = ExportGuard { start: Instant::now(), outcome: None };
        stream::unfold((rows, export), |(mut rows, mut export)| async move {
            let row = rows.next().await;
            match &row {
                Some(Ok(_)) => counter!("exported_rows_total").increment(1),
                Some(Err(error)) => export.outcome = error.reason(),
                None => export.outcome = export.outcome.or(Some("ok")),
            }
            Some((row?, (rows, export)))
        })
    }

    /// If a client goes away, the work goes on. So what it does is counted inside of it.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> rusqlite::Result<T> {
        let timed = |database: &Connection| {
            let _timer = Timer::start("query_seconds");
            work(database)
        };
        self.lend().await.run(timed).await
    }

    async fn lend(&self) -> Lent {
        let _timer = Timer::start("pool_wait_seconds");
        self.pool.lend().await
    }
}

async fn measure<T>(method: &'static str, work: impl Future<Output = rusqlite::Result<T>>) -> Result<T, StoreError> {
    let mut call = CallGuard { method, start: Instant::now(), outcome: None };
    let result = work.await.map_err(StoreError::from);
    call.outcome = Some(result.as_ref().err().and_then(StoreError::reason).unwrap_or("ok"));
    result
}

/// Records a call when it is dropped, so that one that is cancelled or panics is counted too.
struct CallGuard {
    method: &'static str,
    start: Instant,
    outcome: Option<&'static str>,
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        histogram!("store_seconds", "method" => self.method).record(self.start.elapsed());
        match self.outcome.unwrap_or_else(unfinished) {
            "ok" => {}
            reason => counter!("store_failures_total", "method" => self.method, "reason" => reason).increment(1),
        }
    }
}

/// The same for an export, which ends when its stream does.
struct ExportGuard {
    start: Instant,
    outcome: Option<&'static str>,
}

impl Drop for ExportGuard {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(unfinished);
        histogram!("export_seconds", "outcome" => outcome).record(self.start.elapsed());
    }
}
