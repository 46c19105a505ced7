//! The labels, and what no function records.

use std::sync::Arc;

use anyhow::Result;
use metrics_runtime::{Handle, Interned, Label, declare_metrics};
use web_service::Pool;

#[derive(Clone, Copy, Label)]
#[label(rename_all = "UPPERCASE", from_str)]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
    Other, // A client can invent methods.
}

#[derive(Clone, Copy, Label)]
#[label(from_str)]
pub(crate) enum Route {
    #[label(rename = "/notes")]
    Notes,
    #[label(rename = "/notes/batch")]
    Batch,
    #[label(rename = "/notes/{id}")]
    Note,
    #[label(rename = "/export")]
    Export,
    Unknown,
}

/// The number of a status. Those that are preset are on the page from the start.
#[derive(Clone, Copy, Label)]
#[label(max_values = 16)]
pub(crate) struct Status(Interned);

/// A version, such as `1.4.0`.
#[derive(Clone, Copy, Label)]
#[label(max_values = 2)]
struct Version(Interned);

const STATUSES: [&str; 10] = ["200", "201", "204", "400", "404", "405", "415", "422", "500", "503"];

declare_metrics! {
    /// Connections to the database that nobody uses.
    gauge POOL_IDLE = "pool_idle_connections";
    /// How long it took until there was a connection.
    pub(crate) histogram POOL_WAIT = "pool_wait_seconds", buckets(0.001, 0.01, 0.1, 1);
    /// How long the database worked, also for a client that has gone.
    pub(crate) histogram QUERY = "query_seconds", buckets(0.001, 0.01, 0.1, 1);
    /// How long it took to write the list of notes, which blocks a thread of the server.
    pub(crate) histogram LIST_ENCODE = "list_encode_seconds", buckets(0.0001, 0.001, 0.01, 0.1);
    /// Notes in the database.
    pub(crate) gauge NOTES = "notes";
    /// The version of this program, and of the SQLite in it.
    gauge BUILD_INFO = "build_info", labels(version: Version, sqlite: Version);
}

pub(crate) async fn init(pool: &Arc<Pool>) -> Result<Handle> {
    Status::preset(STATUSES)?;
    let handle = metrics_runtime::init()?;
    BUILD_INFO.with(Version::new(env!("CARGO_PKG_VERSION")), Version::new(rusqlite::version())).set(1);
    NOTES.set(pool.lend().await.run(web_service::count).await?);
    let pool = Arc::clone(pool);
    POOL_IDLE.read_from(move || pool.idle());
    Ok(handle)
}
