//! The renewal of the registration.

use std::time::Duration;

use redis::RedisResult;
use tokio::time::{sleep, timeout};

use super::metrics::RENEWAL_FAILURES;
use super::registry::Registry;
use crate::redis::error_kind::ErrorKind;
use crate::redis::outage_log::OutageLog;

/// The backoff after the first failure. It doubles with each further failure, up to the interval.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// The longest that leaving may take.
const LEAVING: Duration = Duration::from_secs(2);

/// Registers this program, and renews the registration until the future is dropped.
pub(super) async fn keep_registered(registry: Registry) {
    let mut outage = OutageLog::default();
    let mut backoff = FIRST_BACKOFF;
    loop {
        // Two may fail, and the registration holds.
        let interval = registry.time_to_live() / 3;
        let wait = if record(registry.renew().await, &registry, &mut outage) {
            backoff = FIRST_BACKOFF;
            // Many workers do not renew at the same moment.
            interval.mul_f64(0.75 + fastrand::f64() / 4.0)
        } else {
            let wait = backoff.min(interval);
            backoff = backoff.saturating_mul(2);
            wait
        };
        sleep(wait).await;
    }
}

/// Whether it has succeeded.
fn record(renewed: RedisResult<()>, registry: &Registry, outage: &mut OutageLog) -> bool {
    match renewed {
        Ok(()) => {
            if let Some(failures) = outage.record_success() {
                tracing::warn!(key = registry.key(), failures, "the registration in the fleet is renewed again");
            }
            true
        }
        Err(error) => {
            RENEWAL_FAILURES.increment(1);
            if outage.record_failure(ErrorKind::of(&error).as_str()) {
                tracing::warn!(key = registry.key(), %error, "the registration in the fleet could not be renewed");
            }
            false
        }
    }
}

/// Removes the registration.
pub(super) async fn leave(registry: &Registry) {
    match timeout(LEAVING, registry.leave()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(key = registry.key(), %error, "the fleet could not be left: the worker stays listed as a lost one");
        }
        Err(_) => {
            tracing::warn!(
                key = registry.key(),
                "the fleet could not be left in time: the worker stays listed as a lost one"
            );
        }
    }
}
