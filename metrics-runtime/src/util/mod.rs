//! Helpers that know nothing about metrics.

mod catch_panic;
mod const_text;
mod debug_is_display;
mod erased;

pub(crate) use catch_panic::catch_panic;
pub(crate) use const_text::ConstText;
pub(crate) use debug_is_display::debug_is_display;
pub(crate) use erased::with_any;
