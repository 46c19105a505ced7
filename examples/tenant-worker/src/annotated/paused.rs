//! The tenants that an operator has paused.

use std::io::{ErrorKind, Result};

use metrics_runtime::counted_failure;
use tenant_worker::Config;

use crate::job::Tenant;

/// Where the list cannot be read, the work goes on: the metric tells.
pub(crate) fn is_paused(tenant: Tenant, config: &Config) -> bool {
    read(config).is_ok_and(|names| names.iter().any(|name| name == tenant.as_str()))
}

/// It is read for each job, so that a change counts at once.
#[counted_failure(
    counter = "paused_list_failures_total",
    ok_if = |list| matches!(list, Err(error) if error.kind() == ErrorKind::NotFound), // Nobody is paused.
    description = "Lists of paused tenants that could not be read, by reason.",
)]
fn read(config: &Config) -> Result<Vec<String>> {
    config.paused()
}
