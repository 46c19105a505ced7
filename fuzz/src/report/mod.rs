//! The line of an error.

#[path = "../../../examples/video-orchestrator/src/report/failure_text.rs"]
mod failure_text;
#[path = "../../../examples/video-orchestrator/src/report/one_line.rs"]
mod one_line;

pub(crate) use failure_text::failure_text;
pub(crate) use one_line::{MAX_LINE, one_line};
