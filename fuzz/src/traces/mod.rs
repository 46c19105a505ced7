//! The trace that a job brings.

#[path = "../../../examples/video-orchestrator/src/traces/given.rs"]
#[allow(dead_code, reason = "no request brings one")]
mod given;
#[path = "../../../examples/video-orchestrator/src/traces/traceparent.rs"]
#[allow(dead_code, reason = "no span is made from it")]
mod traceparent;

pub(crate) use given::GivenTrace;
pub(crate) use traceparent::Traceparent;
