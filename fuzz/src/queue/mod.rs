//! The entries of the lists in Redis.

#[path = "../../../examples/video-orchestrator/src/queue/entry.rs"]
#[allow(dead_code, reason = "there is no list of dead letters")]
mod entry;

pub(crate) use entry::{Content, adopt, enqueued_at, unwrap, wrap};
