//! The list for Prometheus, which is read when somebody asks for it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::member::Member;
use super::registry::{Known, Registry};
use crate::format::{TargetList, TargetSource, write_targets};
use crate::redis::error_kind::ErrorKind;
use crate::redis::outage_log::OutageLog;

/// How many requests can wait for an answer of Redis: each holds a connection of the endpoint.
const MOST_WAITING: usize = 16;
/// How long an answer is given again: requests cannot make more work for Redis than this allows.
const NEW: Duration = Duration::from_secs(1);
/// The longest that a request waits for Redis.
const TIMEOUT: Duration = Duration::from_secs(3);

const REDIS_IS_AWAY: &str = "Redis does not answer";

type Request = oneshot::Sender<TargetList>;

/// What the endpoint asks.
pub(super) struct Asking(mpsc::Sender<Request>);

/// What answers.
pub(super) struct Answering {
    registry: Registry,
    requests: mpsc::Receiver<Request>,
    /// The last answer, and when it came.
    last: Option<(TargetList, Instant)>,
    reading: OutageLog,
    /// Registrations that are left out, once for each time that there are some.
    leaving_out: OutageLog,
}

/// Both ends of what leads from the endpoint's thread to the one that speaks with Redis.
pub(super) fn list(registry: Registry) -> (Asking, Answering) {
    let (asking, requests) = mpsc::channel(MOST_WAITING);
    let (reading, leaving_out) = (OutageLog::default(), OutageLog::default());
    (Asking(asking), Answering { registry, requests, last: None, reading, leaving_out })
}

impl TargetSource for Asking {
    fn list(&self) -> Pin<Box<dyn Future<Output = TargetList> + Send>> {
        let (request, answer) = oneshot::channel();
        let asked = self.0.try_send(request);
        Box::pin(async move {
            match asked {
                Ok(()) => answer.await.unwrap_or_else(|_| Err("this program has left its fleet".to_owned())),
                Err(mpsc::error::TrySendError::Full(_)) => Err("too many ask for it at once".to_owned()),
                Err(mpsc::error::TrySendError::Closed(_)) => Err("this program has left its fleet".to_owned()),
            }
        })
    }

    fn has_ended(&self) -> bool {
        self.0.is_closed()
    }
}

/// Writes the list, which is not empty. Of two registrations of one address the newer counts, and it comes first.
pub(super) fn write_list(members: &[Member]) -> Option<String> {
    let mut targets = BTreeMap::new();
    for member in members {
        targets.entry(member.address.as_str()).or_insert(&member.labels);
    }
    (!targets.is_empty()).then(|| write_targets(targets))
}

impl Answering {
    /// Answers until nobody can ask any more.
    pub(super) async fn run(mut self) {
        while let Some(request) = self.requests.recv().await {
            let answer = match &self.last {
                Some((answer, at)) if at.elapsed() < NEW => answer.clone(),
                _ => self.read().await,
            };
            // The client may have gone.
            let _ = request.send(answer);
        }
    }

    async fn read(&mut self) -> TargetList {
        let known = timeout(TIMEOUT, self.registry.read()).await;
        let answer = match known {
            Ok(Ok(known)) => {
                if let Some(failures) = self.reading.record_success() {
                    tracing::warn!(key = self.registry.key(), failures, "the list of the fleet can be read again");
                }
                self.answer(known)
            }
            Ok(Err(error)) => {
                let kind = ErrorKind::of(&error);
                if self.reading.record_failure(kind.as_str()) {
                    tracing::warn!(key = self.registry.key(), %error, "the list of the fleet could not be read");
                }
                let reason = if kind == ErrorKind::Response { "Redis has refused to read it" } else { REDIS_IS_AWAY };
                Err(reason.to_owned())
            }
            Err(_) => {
                if self.reading.record_failure(ErrorKind::Timeout.as_str()) {
                    tracing::warn!(key = self.registry.key(), "the list of the fleet could not be read in time");
                }
                Err(REDIS_IS_AWAY.to_owned())
            }
        };
        self.last = Some((answer.clone(), Instant::now()));
        answer
    }

    fn answer(&mut self, known: Known) -> TargetList {
        match known {
            Known::Nobody => Err("no worker has renewed its registration".to_owned()),
            Known::Incomplete(wait) => {
                let seconds = wait.as_millis().div_ceil(1000);
                Err(format!("it is complete in {seconds} s, when all workers had the time to register"))
            }
            Known::Members { members, left_out } => {
                self.log_left_out(left_out);
                let json = write_list(&members).ok_or("no worker is registered")?;
                Ok(self.shared(json.into_bytes()))
            }
        }
    }

    /// A text that slow readers may still hold, where it is the same.
    fn shared(&self, json: Vec<u8>) -> Arc<[u8]> {
        match &self.last {
            Some((Ok(last), _)) if **last == *json => Arc::clone(last),
            _ => json.into(),
        }
    }

    fn log_left_out(&mut self, left_out: u64) {
        if left_out == 0 {
            self.leaving_out.record_success();
        } else if self.leaving_out.record_failure("") {
            tracing::warn!(
                key = self.registry.key(),
                left_out,
                "the fleet has registrations that are left out: no worker has written them, or there are too many",
            );
        }
    }
}
