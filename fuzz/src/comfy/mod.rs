//! What a ComfyUI server answers.

#[path = "../../../examples/video-orchestrator/src/comfy/answers.rs"]
mod answers;
#[path = "../../../examples/video-orchestrator/src/comfy/error.rs"]
#[allow(dead_code, reason = "there is no server that could be asked")]
mod error;
#[path = "../../../examples/video-orchestrator/src/comfy/image.rs"]
#[allow(dead_code, reason = "nobody keeps the image")]
mod image;
#[path = "../../../examples/video-orchestrator/src/comfy/words.rs"]
mod words;
#[path = "../../../examples/video-orchestrator/src/comfy/workflow.rs"]
#[allow(dead_code, reason = "nothing is drawn")]
mod workflow;
mod checks;

pub(crate) use checks::{check_answer, check_image, check_page};
pub(crate) use workflow::Workflow;
