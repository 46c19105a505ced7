//! A stand-in for ComfyUI: the real protocol over real HTTP, with pictures that cost no GPU.

mod check;
mod draw;
mod engine;
mod server;

pub use server::{start, start_at};
