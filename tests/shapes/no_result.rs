//! A function that returns no `Result`.

use super::prelude::*;

#[measured]
fn shape(end: End) -> u32 {
    act(end).map_or(0, |number| number)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok) == 1);
    run.panic(|| shape(End::Panic));
}
