//! The span of an attempt at a job.

use tracing::{Span, info_span};

use crate::jobs::Job;
use crate::queue::{Delivery, JobQueue};
use crate::traces::{GivenTrace, add_link, context_of, set_parent};

/// Makes the span of an attempt. It is in the trace of the job, and a later attempt is linked to the first one.
pub(super) async fn attempt_span(job: &Job, delivery: &mut Delivery, queue: &JobQueue) -> Span {
    if job.traceparent == GivenTrace::Invalid && delivery.is_first {
        tracing::warn!("the `traceparent` of the job {} is invalid, and is ignored", job.name());
    }
    let span = info_span!(
        parent: None,
        "job",
        otel.kind = "consumer",
        run_id = job.run_id,
        job_id = job.job_id,
        attempt = delivery.attempt,
    );
    let first = delivery.first_attempt;
    // A job that another program has pushed has no trace before its first attempt.
    if let Some(parent) = job.traceparent.parent().or(first) {
        set_parent(&span, parent);
    }
    match (first, context_of(&span)) {
        (Some(first), _) => add_link(&span, first),
        (None, Some(own)) => queue.keep_first_attempt(delivery, own).await,
        (None, None) => {}
    }
    span
}
