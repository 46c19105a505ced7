//! ComfyUI: the workflows, and the client that has them drawn.
//!
//! The protocol: <https://docs.comfy.org/development/comfyui-server/comms_routes>.

mod options;
mod workflow;
mod error;
mod image;
mod address;
mod words;
mod answers;
mod server;
mod client;
#[cfg(test)]
mod protocol;

pub(crate) use address::Address;
pub(crate) use client::ComfyClient;
pub(crate) use error::ComfyError;
pub(crate) use image::Image;
pub(crate) use options::{ComfyOptions, IMAGE_TIMEOUT};
pub(crate) use workflow::{Drawing, Step, Workflow};
