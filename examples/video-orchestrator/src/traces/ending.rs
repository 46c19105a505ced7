//! How the work of a span has ended.

use std::error::Error;

use metrics_runtime::{Failure, Outcome};
use tracing::Span;

use super::spans::{set_attribute, set_failed};
use crate::report::failure_text;

/// Does the work of the current span, and says there how it ends: the attribute `outcome`, with the words of the metrics, and the
/// status where it fails.
pub(crate) async fn watched<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, E>
where
    E: Failure + Error,
{
    let mut ending = Ending { span: Span::current(), is_known: false };
    let result = work.await;
    ending.is_known = true;
    match &result {
        Ok(_) => ending.set(Outcome::Ok, String::new),
        Err(error) => ending.set(error.reason().into(), || failure_text(error)),
    }
    result
}

/// The end of a span's work, also where it does not come: its future is dropped at a time limit.
struct Ending {
    span: Span,
    is_known: bool,
}

impl Ending {
    fn set(&self, outcome: Outcome, text: impl FnOnce() -> String) {
        if self.span.is_disabled() {
            return;
        }
        set_attribute(&self.span, "outcome", outcome.as_str());
        if outcome != Outcome::Ok {
            set_failed(&self.span, text());
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.is_known {
            let outcome = if std::thread::panicking() { Outcome::Panic } else { Outcome::Cancelled };
            self.set(outcome, || outcome.as_str().to_owned());
        }
    }
}
