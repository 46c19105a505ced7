//! `/sd`: the list of targets that Prometheus asks for. What knows the list is not known here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use hyper::{Response, StatusCode};

use super::response::{JSON, TEXT, new_response};
use crate::format::{TargetList, TargetSource};

const NO_FLEET: &str = "there is no list of workers: this program has joined no fleet; `metrics_runtime::redis::Fleet` says how \
    to\n";

/// What knows the list, once there is something that does.
#[derive(Clone, Default)]
pub(crate) struct Targets(Arc<Mutex<Option<Source>>>);

pub(super) type Source = Arc<dyn TargetSource>;

impl Targets {
    fn known_by(&self) -> MutexGuard<'_, Option<Source>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on `/sd` has the list of this source. `false` if it has another one.
    #[cfg(feature = "redis")]
    pub(crate) fn serve(&self, source: Source) -> bool {
        let mut known_by = self.known_by();
        let is_free = known_by.as_ref().is_none_or(|before| before.has_ended());
        if is_free {
            *known_by = Some(source);
        }
        is_free
    }

    pub(super) fn source(&self) -> Option<Source> {
        self.known_by().clone()
    }
}

impl fmt::Debug for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Targets({})", self.known_by().is_some())
    }
}

/// The answer to a request for the list.
pub(super) async fn response(source: Option<Source>) -> Response<Bytes> {
    let Some(source) = source else { return new_response(StatusCode::NOT_FOUND, TEXT, NO_FLEET) };
    let list: TargetList = source.list().await;
    match list {
        Ok(json) => new_response(StatusCode::OK, JSON, Bytes::from_owner(json)),
        // Prometheus keeps the targets that it has.
        Err(reason) => {
            let text = format!("the list of workers is not known: {reason}\n");
            new_response(StatusCode::SERVICE_UNAVAILABLE, TEXT, text)
        }
    }
}
