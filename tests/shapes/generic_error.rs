//! A function whose error is generic: its sources are searched if its bounds say that it has some.

use super::prelude::*;

#[measured]
fn shape<E: From<io::Error> + std::error::Error>(end: End) -> Result<u32, E> {
    Ok(act(end)?)
}

pub fn drive(run: &mut Run) {
    run.ok(|| shape::<Wrapped>(End::Ok).is_ok());
    run.error(|| shape::<Wrapped>(End::Error).is_err());
    run.timeout(|| shape::<Wrapped>(End::Timeout).is_err());
    run.panic(|| shape::<Wrapped>(End::Panic));
}
