//! Errors that implement nothing: `String`, `()`, `&str`.

use super::prelude::*;

#[measured]
fn text(end: End) -> Result<u32, String> {
    act(end).map_err(|error| error.to_string())
}

#[measured]
fn nothing(end: End) -> Result<u32, ()> {
    act(end).map_err(drop)
}

#[measured]
fn borrowed(end: End) -> Result<u32, &'static str> {
    act(end).map_err(|_| "on purpose")
}

pub fn drive(run: &mut Run) {
    run.ok(|| text(End::Ok).is_ok());
    run.error(|| text(End::Error).is_err());
    run.error(|| text(End::Timeout).is_err());
    run.ok(|| nothing(End::Ok).is_ok());
    run.error(|| nothing(End::Error).is_err());
    run.ok(|| borrowed(End::Ok).is_ok());
    run.error(|| borrowed(End::Error).is_err());
}
