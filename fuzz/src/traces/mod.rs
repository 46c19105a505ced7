//! The trace that a job brings.

#[path = "../../../examples/video-orchestrator/src/traces/given.rs"]
#[allow(dead_code, reason = "no request brings one")]
mod given;

pub(crate) use given::GivenTrace;
