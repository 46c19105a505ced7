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

const STATUSES: [&str; 10] = ["200", "201", "204", "400", "404", "405", "415", "422", "500", "503"];

declare_metrics! {
    /// Connections to the database that nobody uses.
    gauge POOL_IDLE = "pool_idle_connections";
}

pub(crate) fn init(pool: &Arc<Pool>) -> Result<Handle> {
    Status::preset(STATUSES)?;
    let pool = Arc::clone(pool);
    POOL_IDLE.read_from(move || pool.idle());
    Ok(metrics_runtime::init()?)
}
