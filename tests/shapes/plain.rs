//! A function that returns a `Result`.

use super::prelude::*;

#[measured]
fn shape(end: End) -> Result<u32, io::Error> {
    let number = act(end)?;
    Ok(number + 1)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape(End::Ok).is_ok());
    run.error(|| shape(End::Error).is_err());
    run.timeout(|| shape(End::Timeout).is_err());
    run.panic(|| shape(End::Panic).is_ok());
}
