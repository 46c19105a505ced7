//! A `Result` behind an alias.

use super::prelude::*;

type Answer<T = u32> = Result<T, io::Error>;

#[measured]
fn shape(end: End) -> Answer {
    act(end)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
