//! A function that calls itself: each call is counted.

use super::prelude::*;

#[measured]
fn shape(depth: u32, end: End) -> Result<u32, io::Error> {
    if depth == 0 { act(end) } else { Ok(shape(depth - 1, end)? + 1) }
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(2, End::Ok).is_ok());
    run.also(Outcome::Ok, 2);
    run.error(|| shape(1, End::Error).is_err());
    run.also(Outcome::Error, 1);
    run.panic(|| shape(2, End::Panic));
    run.also(Outcome::Panic, 2);
}
