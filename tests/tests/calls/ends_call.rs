//! A type that is no `Result` and says itself how a call ended.

use std::future::Future;
use std::pin::Pin;

use metrics_runtime::{EndsCall, Reason, counted_failure, timed};

use super::support::{cancel, finish, metrics, panics, sure};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Reply {
    Drawn,
    Missing,
    Refused,
    Late,
    /// Its code panics when it is asked.
    Broken,
}

impl EndsCall for Reply {
    fn failure(&self) -> Option<Reason> {
        match self {
            Self::Drawn => None,
            Self::Missing => Some(Reason::Expected),
            Self::Refused => Some(Reason::Error),
            Self::Late => Some(Reason::Timeout),
            Self::Broken => panic!("a user's panic"),
        }
    }
}

const REPLIES: [Reply; 5] = [Reply::Drawn, Reply::Missing, Reply::Refused, Reply::Late, Reply::Broken];

async fn reply(reply: Option<Reply>, panics: bool) -> Reply {
    assert!(!panics, "on purpose");
    match reply {
        Some(reply) => reply,
        None => std::future::pending().await,
    }
}

/// Checks a function that returned each of the replies, panicked once, and was cancelled so often.
#[track_caller]
fn check(prefix: &str, cancelled: f64) {
    let counts = [("ok", 2.0), ("error", 2.0), ("timeout", 1.0), ("cancelled", cancelled), ("panic", 1.0)];
    for (outcome, count) in counts {
        assert_eq!(sure(&format!("{prefix}_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        if outcome != "ok" {
            assert_eq!(sure(&format!("{prefix}_failures_total{{reason=\"{outcome}\"}}")), count, "{outcome}");
        }
    }
}

#[timed(histogram = "ends_plain_seconds", labels(outcome))]
#[counted_failure(counter = "ends_plain_failures_total")]
fn plain(reply: Option<Reply>) -> Reply {
    reply.expect("on purpose")
}

#[timed(histogram = "ends_async_seconds", labels(outcome))]
#[counted_failure(counter = "ends_async_failures_total")]
async fn asynchronous(how: Option<Reply>, panics: bool) -> Reply {
    reply(how, panics).await
}

#[timed(histogram = "ends_boxed_seconds", labels(outcome))]
#[counted_failure(counter = "ends_boxed_failures_total")]
fn boxed(how: Option<Reply>, panics: bool) -> Pin<Box<dyn Future<Output = Box<Reply>> + Send>> {
    Box::pin(async move { Box::new(reply(how, panics).await) })
}

#[async_trait::async_trait]
trait Service {
    async fn call(&self, how: Option<Reply>, panics: bool) -> Reply;
}

struct Server;

#[async_trait::async_trait]
impl Service for Server {
    #[timed(histogram = "ends_trait_seconds", labels(outcome))]
    #[counted_failure(counter = "ends_trait_failures_total")]
    async fn call(&self, how: Option<Reply>, panics: bool) -> Reply {
        reply(how, panics).await
    }
}

#[test]
fn a_plain_function() {
    metrics();
    for reply in REPLIES {
        assert_eq!(plain(Some(reply)), reply);
    }
    panics(|| plain(None));
    check("ends_plain", 0.0);
}

#[test]
fn futures() {
    metrics();
    for reply in REPLIES {
        assert_eq!(finish(asynchronous(Some(reply), false)), reply);
        assert_eq!(*finish(boxed(Some(reply), false)), reply);
        assert_eq!(finish(Server.call(Some(reply), false)), reply);
    }
    panics(|| finish(asynchronous(None, true)));
    panics(|| finish(boxed(None, true)));
    panics(|| finish(Server.call(None, true)));
    cancel(asynchronous(None, false));
    cancel(boxed(None, false));
    cancel(Server.call(None, false));
    for prefix in ["ends_async", "ends_boxed", "ends_trait"] {
        check(prefix, 1.0);
    }
}

#[timed(
    histogram = "ends_conditions_seconds",
    labels(outcome),
    ok_if = |reply| *reply == Reply::Late,
    error_if = |reply| *reply == Reply::Missing,
)]
fn with_conditions(reply: Reply) -> Reply {
    reply
}

#[test]
fn the_function_can_say_otherwise() {
    metrics();
    for reply in REPLIES {
        with_conditions(reply);
    }
    for (outcome, count) in [("ok", 2.0), ("error", 3.0), ("timeout", 0.0)] {
        assert_eq!(sure(&format!("ends_conditions_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }
}
