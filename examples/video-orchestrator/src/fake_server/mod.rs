//! A fake ComfyUI server: the real protocol over real HTTP, with pictures that need no GPU.

mod options;
mod validation;
mod drawing;
mod engine;
mod server;

pub(crate) use options::{FakeServerOptions, IMAGE_TIMEOUT};
pub(crate) use server::{start, start_at};
