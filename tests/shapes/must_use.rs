//! A function whose value must be used.

use super::prelude::*;

#[measured]
#[must_use = "it says how many"]
fn shape(end: End) -> u32 {
    act(end).unwrap_or(0)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok) == 1);
    run.panic(|| shape(End::Panic));
}
