//! ComfyUI: the workflows, and the client that has them drawn.
//!
//! The protocol: <https://docs.comfy.org/development/comfyui-server/comms_routes>.

mod options;
mod workflow;
mod image;
mod error;
mod address;
mod client;

pub(crate) use address::Address;
pub(crate) use client::ComfyClient;
pub(crate) use error::ComfyError;
pub(crate) use image::Image;
pub(crate) use options::{ComfyOptions, IMAGE_TIMEOUT};
pub(crate) use workflow::{Drawing, Step, Workflow};
