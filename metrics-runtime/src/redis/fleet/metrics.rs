//! The metric of a fleet.

use crate::declare_metrics;

declare_metrics! {
    crate = crate;

    /// Renewals of the registration in the fleet that failed.
    pub(super) counter RENEWAL_FAILURES = "fleet_renewal_failures_total";
}
