//! Items and attributes at the beginning of the body.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<u32, io::Error> {
    #![allow(clippy::let_and_return)]
    use std::cmp::max;

    const LEAST: u32 = 1;

    fn at_least(number: u32) -> u32 {
        max(number, LEAST)
    }

    let number = act(end)?;
    Ok(at_least(number))
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
