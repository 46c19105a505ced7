//! The tenants that an operator has paused.

use std::io::{ErrorKind, Result};

use metrics::counter;
use tenant_worker::Config;

use crate::job::{Tenant, io_outcome};

/// Where the list cannot be read, the work goes on: the metric tells.
pub(crate) fn is_paused(tenant: Tenant, config: &Config) -> bool {
    read(config).is_ok_and(|names| names.iter().any(|name| name == tenant.as_str()))
}

/// It is read for each job, so that a change counts at once.
fn read(config: &Config) -> Result<Vec<String>> {
    let list = config.paused();
    // Nobody is paused where there is no list.
    if let Some(error) = list.as_ref().err().filter(|error| error.kind() != ErrorKind::NotFound) {
        counter!("paused_list_failures_total", "reason" => io_outcome(error)).increment(1);
    }
    list
}
